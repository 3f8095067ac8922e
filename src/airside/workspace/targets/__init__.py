"""What `airside.toml` says of the places where a platform runs; one module for each table."""
