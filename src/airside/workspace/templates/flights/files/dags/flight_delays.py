"""Delays of the flights that left New York in 2013: which carriers and airports are late, and how often.

check → delays → load, chart → summary
"""

from datetime import UTC, datetime

from airflow.sdk import dag, task

LATE_AFTER_MINUTES = 15
"""A flight is late when it arrives later than this."""

WAREHOUSE = "warehouse"
"""The connection to load into."""


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False, tags=["flights"], doc_md=__doc__)
def flight_delays():
    # pandas and matplotlib are imported by the tasks: Airflow reads this file every few seconds.

    @task
    def check() -> int:
        """Fail before any work is done when the source cannot be right."""
        from lib.flights import faults, read_flights

        flights = read_flights()
        if found := faults(flights):
            raise ValueError("the source of the flights is not right: " + "; ".join(found))
        return len(flights)

    @task
    def delays(rows: int) -> dict[str, list[dict]]:
        """Count late flights for each carrier and each airport."""
        from lib.delays import by_airport, by_carrier
        from lib.flights import read_flights

        print(f"{rows:,} flights; late is more than {LATE_AFTER_MINUTES} minutes")
        flights = read_flights()
        return {
            "carriers": by_carrier(flights, LATE_AFTER_MINUTES),
            "airports": by_airport(flights, LATE_AFTER_MINUTES),
        }

    @task
    def load(found: dict[str, list[dict]]) -> dict[str, int]:
        """Replace both tables in one transaction."""
        from contextlib import closing

        from airflow.providers.postgres.hooks.postgres import PostgresHook

        from lib.warehouse import replace_tables

        with closing(PostgresHook(postgres_conn_id=WAREHOUSE).get_conn()) as connection:
            return replace_tables(connection, found["carriers"], found["airports"])

    @task
    def chart(found: dict[str, list[dict]]) -> str:
        """Draw the carriers and the worst airports; the result is the path of the picture."""
        from lib.chart import draw, output_folder

        path = draw(found["carriers"], found["airports"], LATE_AFTER_MINUTES, output_folder() / "flight_delays.png")
        return str(path)

    @task
    def summary(found: dict[str, list[dict]], loaded: dict[str, int], picture: str) -> str:
        """Say what was found, in Markdown."""
        from lib.delays import report

        text = report(found["carriers"], found["airports"], LATE_AFTER_MINUTES)
        text += f"\nLoaded: {loaded}. Chart: {picture}\n"
        print(text)
        return text

    found = delays(check())
    summary(found, load(found), chart(found))


flight_delays()
