import string
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from airside.testing.cases.document import Case, FilePart
from airside.testing.cases.reading import CasesError, read_cases
from airside.testing.given import Answer

PLACE = Path("/w/tests/functional/orders.eu.yaml")


def _read(text: str) -> tuple[Case, ...]:
    return read_cases(text.encode(), PLACE, "orders.yaml")


def _refused(text: str) -> list[str]:
    with pytest.raises(CasesError) as refusal:
        _read(text)
    return refusal.value.message.splitlines()


def test_a_file_with_one_case_needs_no_list() -> None:
    (case,) = _read("given: {params: {n: 3}}\nexpect: {tasks: {load: {output: 3}}}\n")
    assert (case.workflow, case.line, case.says.name) == ("orders", 1, "run")
    assert case.says.expect.tasks["load"].output == 3


def test_what_the_file_says_holds_for_all_cases_and_each_may_say_more() -> None:
    text = """
workflow: orders
given: {variables: {limit: 10, region: {eu: 1}}, timeout: 5}
expect: {tasks: {extract: success, load: {output: 1, tries: 1}}}
cases:
  - name: few
    given: {variables: {limit: 1}}
  - name: many
    skip: not yet
    marks: slow
    given: {variables: {region: {us: 2}}, timeout: 2m}
    expect: {tasks: {load: {tries: 2}}}
"""
    few, many = _read(text)
    assert (few.line, many.line) == (6, 8)
    assert few.says.given.variables == {"limit": "1", "region": '{"eu": 1}'}
    assert many.says.given.variables == {"limit": "10", "region": '{"us": 2}'}
    assert (few.says.given.timeout, many.says.given.timeout) == (5, 120)
    assert few.says.expect.tasks["load"].output == 1
    assert not many.says.expect.tasks["load"].has("output")
    assert set(many.says.expect.tasks) == {"extract", "load"}
    assert (many.says.skip, many.says.marks) == ("not yet", ("slow",))


def test_what_is_given_is_what_a_run_takes() -> None:
    text = """
given:
  logical_date: 2026-03-01T01:00:00+01:00
  data_interval: [2026-02-28, 2026-03-01]
  params: {n: 3}
  conf: {why: test}
  variables: {n: 10, flag: true, text: "10", many: [1, 2]}
  answers: {ask: yes please, choose: [a, b], fill: {chosen: ok, params: {x: 1}, by: Ann}}
  connections: {old: "ftp://x", crm: {conn_type: http, port: 80, schema: x}, dwh: sqlite}
  only: load
  clock: null
"""
    (case,) = _read(text)
    giving = case.says.given.giving(PLACE.parent)
    assert giving["logical_date"].isoformat() == "2026-03-01T00:00:00+00:00"
    assert [end.isoformat() for end in giving["data_interval"]] == [
        "2026-02-28T00:00:00+00:00",
        "2026-03-01T00:00:00+00:00",
    ]
    assert giving["conf"] == {"why": "test", "n": 3}
    assert giving["variables"] == {"n": "10", "flag": "true", "text": "10", "many": "[1, 2]"}
    assert giving["answers"]["ask"] == Answer(("yes please",))
    assert giving["answers"]["choose"] == Answer(("a", "b"))
    assert giving["answers"]["fill"] == Answer(("ok",), {"x": 1}, "Ann")
    assert giving["connections"]["old"] == "ftp://x"
    assert giving["connections"]["crm"] == {"conn_type": "http", "port": 80, "schema": "x"}
    assert hasattr(giving["connections"]["dwh"], "start")
    assert giving["only"] == ("load",)
    assert giving["clock"] is None
    assert "timeout" not in giving
    assert "params" not in giving


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\n", "1: a: unknown key"),
        ("given:\n  variabels: {a: 1}\n", "2: given.variabels: unknown key; did you mean 'variables'?"),
        ("given: 3\n", "1: given: expected a mapping"),
        ("[1]\n", "1: expected a mapping with `given` and `expect`, or with `cases`"),
        ("", "1: expected a mapping with `given` and `expect`, or with `cases`"),
        ("expect:\n  state: success\n  state: failed\n", "3: the key 'state' is here twice; first in line 2"),
        ("expect:\n\tstate: success\n", "2: it is not YAML: a tab cannot indent"),
        ("expect: {state: ok}\n", "1: expect.state: expected 'success' or 'failed', found 'ok'"),
        ("expect:\n  tasks:\n    load:\n      ouput: 3\n", "4: expect.tasks.load.ouput: unknown key; did you"),
        ("expect:\n  tasks:\n    load: {tries: -1}\n", "3: expect.tasks.load.tries: expected a whole number"),
        ("expect:\n  tasks:\n    load: {tries: true}\n", "3: expect.tasks.load.tries: expected a whole"),
        ("expect:\n  tasks:\n    load: succes\n", "3: expect.tasks.load: expected 'success', 'failed'"),
        ("expect:\n  tasks:\n    load: {logs: [1]}\n", "3: expect.tasks.load.logs[0]: expected a text"),
        ("expect:\n  order:\n    - a\n    - {b: 1}\n", "4: expect.order[1]: expected a list"),
        ("expect:\n  within: 5x\n", '2: expect.within: expected seconds, or a duration such as "2m"'),
        ("given:\n  timeout: 0\n", "2: given.timeout: expected seconds, more than 0"),
        ("given:\n  timeout: .nan\n", "2: given.timeout: expected seconds, more than 0"),
        ("given:\n  logical_date: soon\n", "2: given.logical_date: expected a date or a time"),
        ("given:\n  clock: 0001-01-01T00:00:00+10:00\n", "2: given.clock: expected a date or a time"),
        ("given:\n  data_interval: [2026-01-02]\n", "2: given.data_interval: expected a list of a start"),
        ("given:\n  variables:\n    a: null\n", "3: given.variables.a: null is no value of a variable"),
        ("given:\n  variables:\n    a: no\n", "3: no may be meant as a boolean or as a word"),
        ("given: {params: {n: 1}, conf: {n: 2}}\n", "1: given: params and conf both have n"),
        ("given: {stub: {a: 1}, fail: {a: x}}\n", "1: given: stub and fail both have a"),
        ("given: {tier: slow}\n", "1: given.tier: expected 'fast' or 'real'"),
        ("given:\n  connections:\n    a: postgers\n", "3: given.connections.a: expected a URI or one of"),
        ("given:\n  connections:\n    a: {type: pg}\n", "3: given.connections.a.type: there is no stand-in"),
        ("given:\n  connections:\n    a: {type: [1]}\n", "3: given.connections.a.type: there is no stand-in"),
        ("given:\n  connections:\n    a: {}\n", "3: given.connections.a: expected a mapping with `type`"),
        (
            "given:\n  connections:\n    a:\n      type: sqlite\n      tabels: {}\n",
            "5: given.connections.a.tabels: unknown key (sqlite has ",
        ),
        (
            "given:\n  connections:\n    a:\n      type: sqlite\n      tables:\n        t:\n          rowz: []\n",
            "7: given.connections.a.tables: The stand-in sqlite cannot be read: Object contains unknown",
        ),
        (
            "given:\n  connections:\n    a: {conn_type: x,\n      prot: 3}\n",
            "4: given.connections.a.prot: unknown key; did you mean 'port'?",
        ),
        (
            "given: {connections: {dwh: sqlite}}\nexpect:\n  tables:\n    dw.t: {count: 1}\n",
            "4: expect.tables.dw.t: no connection 'dw' is given; did you mean 'dwh'?",
        ),
        (
            "given: {connections: {d: sqlite}}\nexpect:\n  tables:\n    d.t:\n      checks:\n        - row_count > x\n",
            "6: expect.tables.d.t.checks[0]: x is no number and no date",
        ),
        (
            "given: {connections: {d: sqlite}}\nexpect:\n  tables:\n    d.t:\n      rows: [{a: 1}, {b: 1}]\n",
            "5: expect.tables.d.t.rows: each row names the same columns",
        ),
        (
            "given: {connections: {d: sqlite}}\nexpect:\n  tables:\n    d.t: {exists: false, count: 1}\n",
            "4: expect.tables.d.t: exists: false goes without count",
        ),
        (
            "given: {connections: {a: http}}\nexpect:\n  requests:\n    a:\n      - metod: GET\n",
            "5: expect.requests.a[0].metod: unknown key; did you mean 'method'?",
        ),
        ("expect:\n  queries:\n    - {connection: d, sql: x}\n", "3: expect.queries[0]: a query has either"),
        ("expect:\n  queries:\n    - {sql: x, value: 1}\n", "3: expect.queries[0]: the key 'connection' is missing"),
        ("cases: []\n", "1: cases: expected a list of one case or more"),
        ("cases:\n  - name: ''\n", "2: cases[0].name: expected some text"),
        ("cases:\n  - name: a\n  - name: a\n", "3: name: another case is called 'a', in line 2"),
        ("name: x\ncases:\n  - name: a\n", "1: name: in a file with `cases` each of them has a name"),
        ("cases:\n  - {name: a, exxpect: {}}\n", "2: cases[0].exxpect: unknown key; did you mean 'expect'?"),
        ("a: !!python/object:os.system x\n", "1: the tag !!python/object:os.system has no meaning here"),
        ("a: 1\n---\nb: 2\n", "2: it holds several documents"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, fault: str) -> None:
    lines = _refused(text)
    assert any(line.startswith(f"orders.yaml:{fault}") for line in lines), lines


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_their_lines() -> None:
    lines = _refused("given:\n  tier: x\n  only: 3\nexpect:\n  state: ok\n  taks: {}\n")
    assert [line.split(":")[1] for line in lines] == ["2", "3", "5", "6"]


def test_a_fault_of_what_all_cases_share_is_told_once() -> None:
    text = "given: {stub: {a: 1}}\ncases:\n  - {name: a, given: {fail: {a: x}}}\n  - {name: b}\n"
    assert _refused(text) == ["orders.yaml:3: given: stub and fail both have a"]


_KEYS = sorted({*FilePart.model_fields, "tables", "tasks", "rows", "checks", "connections", "type", "a", "<<", "json"})
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=8)
_VALUES: Any = st.recursive(
    _SCALARS | st.sampled_from(["success", "sqlite", "2026-01-02", "row_count = 1", "a.b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=3), inner),
    max_leaves=12,
)


def _survives(data: bytes) -> None:
    with suppress(CasesError):
        read_cases(data, PLACE, "orders.yaml")


@settings(deadline=None, max_examples=100)
@given(st.binary() | st.text(alphabet="abc:-{}[],'\"\n &*!|>#%@\t").map(str.encode))
def test_any_bytes_are_cases_or_refused(data: bytes) -> None:
    _survives(data)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.sampled_from(["given", "expect", "cases", "workflow", "name"]), _VALUES))
def test_any_values_are_cases_or_refused(values: object) -> None:
    _survives(yaml.safe_dump(values).encode())


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["given", "expect"]), st.data())
def test_any_value_of_any_key_is_taken_or_refused(part: str, data: st.DataObject) -> None:
    model = FilePart.model_fields[part].annotation
    fields = model.model_fields  # type: ignore[union-attr]
    values = data.draw(st.dictionaries(st.sampled_from(sorted(fields)), _VALUES, max_size=3))
    _survives(yaml.safe_dump({part: values}).encode())
