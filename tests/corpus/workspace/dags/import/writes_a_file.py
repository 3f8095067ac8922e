import tempfile
from pathlib import Path

from airflow.sdk import dag, task


@dag
def writes_a_file():
    @task
    def work():
        return place.read_text()

    work()


place = Path(tempfile.gettempdir()) / "airside-corpus.txt"
place.write_text("rows")  # expect: write-at-import
writes_a_file()
