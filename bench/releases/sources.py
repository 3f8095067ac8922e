"""Workflow files that look like real ones, the same in every run: 3 to 12 KiB each, imports, SQL, functions, tasks."""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

SEED = 20_261_121
SMALLEST, LARGEST = 3 * 1024, 12 * 1024

_WORDS = """
order customer invoice ledger shipment campaign basket refund supplier warehouse contract ticket payment forecast
load clean merge enrich score export check split count rank match archive publish compare mask round
id created_at updated_at amount currency status country city email quantity discount tax_rate owner source_system score
0 1 7 12 24 30 60 90 100 250 365 500 1000 0.05 0.2 0.95 1.5 3600 86400
"""
_NOUNS, _VERBS, _FIELDS, _NUMBERS = (line.split() for line in _WORDS.strip().splitlines())
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PROSE = ["".join(random.Random(n).choices(_LETTERS, k=2 + n % 9)) for n in range(4000)]  # noqa: S311 - a fixed seed

_HEAD = '''"""{title}.

Owner: {owner}. {remark}
"""

import logging
from datetime import datetime, timedelta

from airflow.sdk import Asset, dag, task
from lib.{noun} import {helper}
from lib.warehouse import connect, write_rows

log = logging.getLogger(__name__)
{constant} = {number}
'''
_QUERY = '''
{name}_SQL = """
    select {columns}
    from {schema}.{noun}s as {alias}
    left join {schema}.{other}s as {other_alias} on {other_alias}.{noun}_id = {alias}.id
    where {alias}.{field} >= %(start)s and {alias}.{second} <> '{word}'
    group by {columns}
    having count(*) > {number}
"""
'''
_FUNCTION = '''
def {verb}_{noun}_{field}(rows: list[dict], limit: float = {number}) -> list[dict]:
    """{remark}"""
    kept = []
    for row in rows:
        value = row.get("{field}")
        if value is None or row["{second}"] == "{word}":
            log.debug("{word} %s left out", row["id"])
            continue
        if value > limit * {other_number}:
            row["{second}"] = round(value / {number}, {digit})
        kept.append({{**row, "{word}": row["{third}"]}})
    return kept
'''
_TASK = """
    @task(retries={digit}, retry_delay=timedelta(minutes={number}), pool="{word}")
    def {verb}_{noun}(start: str, {field}: str = "{word}") -> int:
        with connect("{schema}") as connection:
            rows = connection.execute({name}_SQL, {{"start": start, "{field}": {field}}}).fetchall()
        return write_rows("{schema}.{noun}_{verb}", {helper}(rows, {number}))
"""
_TAIL = """
@dag(
    schedule="{digit} {hour} * * *",
    start_date=datetime(2026, {month}, {day}),
    catchup=False,
    tags=["{noun}", "{word}"],
)
def {noun}_{index}():
{tasks}
    {calls}


{noun}_{index}()
"""


def workflow_files(count: int) -> Iterator[tuple[str, str]]:
    """Yield path and text of `count` files, the same ones for the same count."""
    for index in range(count):
        chance = random.Random(SEED + index)  # noqa: S311 - a fixed seed is the point
        yield f"dags/team_{index % 40:02d}/{chance.choice(_NOUNS)}_{index:05d}.py", _text(chance, index)


def write_files(folder: Path, count: int) -> None:
    """Write the files below `folder`."""
    for path, text in workflow_files(count):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def changed(text: str, number: int) -> str:
    """Return `text` with one more line, of the same length for every number below 10^9."""
    return f"{text}# change {number:09d}\n"


def _text(chance: random.Random, index: int) -> str:
    size = chance.randint(SMALLEST, LARGEST)
    words = _words(chance, index)
    parts = [_HEAD.format_map(words)]
    tasks: list[str] = []
    calls: list[str] = []
    while sum(map(len, (*parts, *tasks))) < size - 2600:
        words = _words(chance, index)
        parts += [_QUERY.format_map(words), "\n" + _FUNCTION.format_map(words)]
        tasks.append(_TASK.format_map(words))
        calls.append("{verb}_{noun}('{{{{ ds }}}}')".format_map(words))
    body = {**words, "tasks": "".join(tasks).lstrip("\n"), "calls": " >> ".join(calls) or "pass"}
    text = "".join(parts) + "\n" + _TAIL.format_map(body)
    while len(text) < size:
        text += f"# {' '.join(chance.choices(_PROSE, k=12))}\n"
    return text


def _words(chance: random.Random, index: int) -> Mapping[str, object]:
    noun, other = chance.sample(_NOUNS, 2)
    fields = chance.sample(_FIELDS, 5)
    invented = "".join(chance.choices(_LETTERS, k=chance.randint(5, 11)))
    prose = chance.choices(_PROSE, k=chance.randint(6, 16))
    return {
        "index": index,
        "noun": noun,
        "other": other,
        "alias": noun[0],
        "other_alias": f"{other[0]}{index % 7}",
        "name": f"{noun}_{invented}".upper(),
        "word": invented,
        "schema": chance.choice(("raw", "staging", "mart", f"team_{index % 40:02d}")),
        "columns": ", ".join(f"{noun[0]}.{field}" for field in fields),
        "field": fields[0],
        "second": fields[1],
        "third": fields[2],
        "verb": chance.choice(_VERBS),
        "helper": f"{chance.choice(_VERBS)}_{noun}",
        "constant": f"{invented}_{fields[3]}".upper(),
        "title": " ".join(prose[:4]).capitalize(),
        "remark": " ".join(prose[4:]).capitalize() + ".",
        "owner": f"{invented}@example.com",
        "number": chance.choice(_NUMBERS),
        "other_number": chance.choice(_NUMBERS[1:]),
        "digit": chance.randint(1, 5),
        "hour": chance.randint(0, 23),
        "month": chance.randint(1, 12),
        "day": chance.randint(1, 28),
    }
