"""What can be said about a tree before it ships; findings are data."""
