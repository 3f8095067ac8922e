from airflow.sdk import dag


@dag
def syntax_error(:  # expect: import-error
    pass
