"""An object store in a thread of the process that runs the tests."""
