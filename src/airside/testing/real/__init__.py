"""The second tier: the same run on a real database, with Airflow's own scheduling."""
