# expect-file: import-error
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.timetables.simple import NullTimetable


class Never(NullTimetable):
    """A timetable that no plugin registers."""


with DAG("own_timetable", schedule=Never()):
    EmptyOperator(task_id="load")
