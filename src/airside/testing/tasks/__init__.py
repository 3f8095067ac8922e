"""Running one task instance with Airflow's own task runner, and the Execution API in memory that it talks to."""
