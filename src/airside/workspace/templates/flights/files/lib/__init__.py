"""What the workflows share. DAG files import it as `from lib.delays import ...`."""
