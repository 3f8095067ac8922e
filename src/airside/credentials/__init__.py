"""Credentials: the connections of Airflow for any code, in a task, a script or a notebook."""
