"""`airside agent`: keeps a folder in step with an environment, for platforms where Airflow cannot load the bundle."""
