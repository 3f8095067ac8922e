"""What a test expects, compared with what came: values, rows, checks, schemas, files, messages."""
