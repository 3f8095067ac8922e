"""The two tables of this workflow in Postgres."""

from typing import Any

TABLES = {
    "carrier_delays": ("carrier text PRIMARY KEY", "name text", "flights int", "late int", "late_percent float8", "mean_delay float8"),
    "airport_delays": ("airport text PRIMARY KEY", "flights int", "late int", "late_percent float8", "mean_delay float8"),
}


def replace_tables(connection: Any, carriers: list[dict], airports: list[dict]) -> dict[str, int]:
    """Replace the rows of both tables, and return how many each has.

    One transaction: a reader sees the old rows of both tables or the new ones. Running it again changes nothing.
    """
    # A connection of psycopg commits when its block ends, and rolls back when the block raises.
    with connection, connection.cursor() as cursor:
        for table, rows in (("carrier_delays", carriers), ("airport_delays", airports)):
            _replace(cursor, table, rows)
    return {"carrier_delays": len(carriers), "airport_delays": len(airports)}


def _replace(cursor: Any, table: str, rows: list[dict]) -> None:
    columns = [column.split()[0] for column in TABLES[table]]
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(TABLES[table])})")
    cursor.execute(f"DELETE FROM {table}")
    values = ", ".join(["%s"] * len(columns))
    cursor.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})",
        [[row[column] for column in columns] for row in rows],
    )
