"""Airflow's connections and variables from the encrypted documents of an environment."""
