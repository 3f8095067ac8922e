"""A running local Airflow: its Python environment, database, processes, health and logs."""
