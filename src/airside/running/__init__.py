"""Which environment this process works for, and where its files are: what configs and credentials begin with."""
