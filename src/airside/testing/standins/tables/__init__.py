"""Tables that a test gives: rows from files and from the test itself, and the types of their columns."""
