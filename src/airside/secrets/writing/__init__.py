"""Making and changing documents of secrets: the text, the private folder that holds it, the replacement of the file."""
