"""How alerts find out: Airflow's REST API, the store, and what is served are asked every few seconds."""
