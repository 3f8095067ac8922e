"""What the import of the DAG files says about them: facts in, findings out."""
