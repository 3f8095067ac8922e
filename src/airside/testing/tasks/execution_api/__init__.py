"""What a supervisor and Airflow's Execution API answer to a task, from memory."""
