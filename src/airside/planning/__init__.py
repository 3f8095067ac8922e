"""What a move would do, as values and as text: pure, from descriptions, records and what a live Airflow says."""
