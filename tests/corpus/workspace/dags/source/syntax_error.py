from airflow.sdk import dag


@dag
def syntax_error(:  # expect: invalid-syntax, import-error
    pass
