import pytest

from airside.testing import postgres
from lib.chart import draw
from lib.delays import by_airport, by_carrier, report
from lib.flights import faults, read_flights


@pytest.fixture(scope="module")
def flights():
    return read_flights()


def test_the_source_is_right(flights):
    assert faults(flights) == []


def test_a_truncated_source_is_a_fault(flights):
    assert faults(flights.head(10)) == ["10 rows, expected 336,776"]


def test_a_missing_column_is_a_fault(flights):
    assert faults(flights.drop(columns=["distance"])) == ["no column distance"]


def test_a_negative_distance_is_a_fault(flights):
    assert faults(flights.assign(distance=-1)) == ["336,776 flights without a positive distance"]


def test_every_flight_that_arrived_is_counted_once(flights):
    arrived = int(flights["arr_delay"].notna().sum())
    for rows in (by_carrier(flights, 15), by_airport(flights, 15)):
        assert sum(row["flights"] for row in rows) == arrived == 327_346


def test_the_worst_carrier_comes_first(flights):
    carriers = by_carrier(flights, 15)
    assert len(carriers) == 16
    assert carriers[0]["late_percent"] == max(row["late_percent"] for row in carriers)


def test_fewer_flights_are_late_when_more_minutes_are_allowed(flights):
    assert sum(r["late"] for r in by_carrier(flights, 30)) < sum(r["late"] for r in by_carrier(flights, 15))


def test_the_report_names_every_carrier(flights):
    carriers = by_carrier(flights, 15)
    text = report(carriers, by_airport(flights, 15), 15)
    assert "more than 15 minutes late" in text
    assert all(row["name"] in text for row in carriers)


def test_the_chart_is_a_picture(flights, tmp_path):
    path = draw(by_carrier(flights, 15), by_airport(flights, 15), 15, tmp_path / "charts" / "delays.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_workflow_loads_both_tables_and_draws_the_chart(dag_run, tmp_path):
    """Run it as Airflow would, without a server: the connection is to a Postgres that is started for the test."""
    run = dag_run(
        "flight_delays",
        connections={"warehouse": postgres()},
        environment={"FLIGHTS_OUTPUT": str(tmp_path)},
        writable=[tmp_path],
        timeout="3m",
    )
    run.assert_success()
    assert run["check"].output == 336_776
    found = run["delays"].output
    assert run["load"].output == {"carrier_delays": 16, "airport_delays": len(found["airports"])}
    assert run.table("warehouse", "carrier_delays").column("flights") == [row["flights"] for row in found["carriers"]]
    assert len(run.table("warehouse", "airport_delays")) == len(found["airports"])
    assert run["chart"].output == str(tmp_path / "flight_delays.png")
    assert f"Chart: {tmp_path}/flight_delays.png" in run["summary"].output
