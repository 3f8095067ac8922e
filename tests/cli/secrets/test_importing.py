import json
from collections.abc import Callable

import pytest
from sealed import seal
from secret_place import Place

SECRET = "hunter2-in-the-clear"
HELM = f"""\
airflow:
  connections:
    - id: dwh
      type: postgres
      description: the warehouse
      host: db.example.com
      login: me
      password: {SECRET}
      port: "5432"
      schema: ""
      extra: '{{"sslmode": "require"}}'
  variables: '{{"limit": 3, "text": "x", "list": [1, 2]}}'
  image: {{tag: "3.3.2"}}
web:
  replicas: 2
"""
ASTRO = f"""\
airflow:
  connections:
    - conn_id: dwh
      conn_type: postgres
      conn_host: db.example.com
      conn_schema:
      conn_login: me
      conn_password: {SECRET}
      conn_port: 5432
      conn_extra:
        sslmode: require
    - conn_id:
      conn_type:
  pools:
    - pool_name: big
      pool_slot: 5
  variables:
    - variable_name: limit
      variable_value: 3
    - variable_name:
      variable_value:
"""
EXPORTED = {
    "dwh": {
        "conn_type": "postgres",
        "description": None,
        "host": "db.example.com",
        "login": "me",
        "password": SECRET,
        "schema": "",
        "port": 5432,
        "extra": '{"sslmode": "require"}',
        "is_encrypted": None,
    }
}
DOTENV = f"""\
# comment
export AIRFLOW_CONN_DWH='postgres://me:{SECRET}@db.example.com:5432/x?sslmode=require'
AIRFLOW_CONN_API={{"conn_type": "http", "host": "h", "port": "80"}}
AIRFLOW_CONN_NONE=
AIRFLOW_VAR_LIMIT=3   # three
AIRFLOW_VAR_TEXT="two\\nlines \\"quoted\\" # no comment"
AIRFLOW__CORE__FERNET_KEY=x
"""


@pytest.fixture
def imported(place: Place) -> Callable[..., dict[str, dict[str, object]]]:
    def call(text: str, name: str = "file", *options: str) -> dict[str, dict[str, object]]:
        (place.root.parent / name).write_text(text)
        said = place("import", "dev", str(place.root.parent / name), *options)
        assert said.code == 0, said.err
        assert SECRET not in said.all
        assert "rm " in said.out
        assert SECRET not in place.document().read_text()
        found: dict[str, dict[str, object]] = place.values()
        return found

    return call


Imported = Callable[..., dict[str, dict[str, object]]]


def test_helm_values(imported: Imported) -> None:
    found = imported(HELM, "values.yaml")
    assert found["connections"]["dwh"] == {
        "conn_type": "postgres",
        "description": "the warehouse",
        "host": "db.example.com",
        "login": "me",
        "password": SECRET,
        "port": 5432,
        "extra": '{"sslmode": "require"}',
    }
    assert found["variables"] == {"limit": 3, "text": "x", "list": [1, 2]}


def test_helm_values_that_are_encrypted(place: Place) -> None:
    (place.root.parent / "values.yaml").write_bytes(seal(HELM, place.me))
    assert place("import", "dev", str(place.root.parent / "values.yaml")).code == 0
    assert place.values()["connections"]["dwh"]["password"] == SECRET


def test_astro_settings(imported: Imported) -> None:
    found = imported(ASTRO, "airflow_settings.yaml")
    assert found["connections"]["dwh"] == {
        "conn_type": "postgres",
        "host": "db.example.com",
        "login": "me",
        "password": SECRET,
        "port": 5432,
        "extra": {"sslmode": "require"},
    }
    assert found["variables"] == {"limit": 3}


@pytest.mark.parametrize("indent", [None, 2])
def test_exported_connections_as_json(imported: Imported, indent: int | None) -> None:
    found = imported(json.dumps(EXPORTED, indent=indent), "c.json")
    assert found["connections"]["dwh"] == {
        key: value for key, value in EXPORTED["dwh"].items() if value not in (None, "")
    }


def test_exported_connections_as_yaml(imported: Imported) -> None:
    assert imported(f"dwh:\n  conn_type: x\n  password: {SECRET}\n  extra: null\n", "c.yaml")["connections"] == {
        "dwh": {"conn_type": "x", "password": SECRET}
    }


def test_exported_connections_as_env(imported: Imported) -> None:
    found = imported(f'dwh=postgres://me:{SECRET}@h/d\nmy.api={{"conn_type": "http"}}\n', "c.env")
    assert found["connections"] == {"dwh": f"postgres://me:{SECRET}@h/d", "my.api": {"conn_type": "http"}}


def test_exported_variables(imported: Imported) -> None:
    exported = {"a": "x", "b": {"c": [1]}, "d": 5, "e": {"value": "v", "description": "why"}}
    assert imported(json.dumps(exported), "v.json")["variables"] == {"a": "x", "b": {"c": [1]}, "d": 5, "e": "v"}


def test_a_mapping_of_uris_is_what_the_user_says(place: Place, imported: Imported) -> None:
    (place.root.parent / "x.json").write_text('{"a": "http://h"}')
    refused = place("import", "dev", str(place.root.parent / "x.json"))
    assert refused.code == 2
    assert "--kind" in refused.err
    assert imported('{"a": "http://h"}', "x.json", "--kind", "connections")["connections"] == {"a": "http://h"}
    assert imported('{"a": "http://h"}', "x.json", "--kind", "variables")["variables"] == {"a": "http://h"}


def test_environment_variables(imported: Imported) -> None:
    found = imported(DOTENV, ".env")
    assert found["connections"] == {
        "dwh": f"postgres://me:{SECRET}@db.example.com:5432/x?sslmode=require",
        "api": {"conn_type": "http", "host": "h", "port": 80},
    }
    assert found["variables"] == {"limit": "3", "text": 'two\nlines "quoted" # no comment'}


def test_standard_input_and_what_is_left_out(place: Place) -> None:
    said = place("import", "dev", "-", stdin=DOTENV)
    assert said.code == 0
    assert "AIRFLOW__CORE__FERNET_KEY" in said.err
    assert "rm " not in said.out


def test_other_values_are_replaced_only_when_that_is_asked(place: Place) -> None:
    place.filled("# kept\nconnections:\n    old: http://x\nvariables:\n    # why\n    limit: 1\n    same: x\n")
    before = place.document().read_bytes()
    given = "AIRFLOW_VAR_LIMIT=2\nAIRFLOW_VAR_SAME=x\nAIRFLOW_VAR_NEW=y\n"
    refused = place("import", "dev", "-", stdin=given)
    assert refused.code == 3
    assert "variables.limit" in refused.err
    assert "variables.same" not in refused.err
    dry = json.loads(place("import", "dev", "-", "--dry-run", "--json", stdin=given).out)
    assert dry["names"] == {"variables.limit": "changed", "variables.same": "same", "variables.new": "added"}
    assert place.document().read_bytes() == before
    assert place("import", "dev", "-", "--replace", stdin=given).code == 0
    assert place.values() == {
        "connections": {"old": "http://x"},
        "variables": {"limit": "2", "same": "x", "new": "y"},
    }
    assert place.text().startswith("# kept\n")
    assert "# why" in place.text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x: [1",
        f"- {SECRET}",
        f"airflow: {{connections: {SECRET}}}",
        f"airflow: {{connections: [{{id: a, {SECRET[:4]}x: 1}}]}}",
        f"airflow: {{connections: [{{type: {SECRET}}}]}}",
        f"airflow: {{variables: '{SECRET}'}}",
        f"AIRFLOW_CONN_A={SECRET}",
        f"SOMETHING={SECRET}",
        f'{{"a": {{"conn_type": "x", "port": "{SECRET}"}}}}',
        "\x00",
    ],
)
def test_what_cannot_be_read_is_told_without_a_value(place: Place, text: str) -> None:
    said = place("import", "dev", "-", stdin=text)
    assert said.code in (1, 2)
    assert SECRET not in said.all
    assert not place.document().exists()


def test_five_hundred_of_each(place: Place) -> None:
    connections = {f"c{i}": {"conn_type": "http", "host": f"h{i}", "port": i + 1} for i in range(500)}
    variables = {f"v{i}": f"x{i}" for i in range(500)}
    text = json.dumps({"connections": connections, "variables": variables})
    assert place("import", "dev", "-", stdin=text).code == 0
    assert place.values() == {"connections": connections, "variables": variables}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('AIRFLOW_VAR_A="half\nAIRFLOW_VAR_B=2\n', "AIRFLOW_VAR_A: its quotes do not end"),
        ("AIRFLOW_VAR_A='it's'\n", "AIRFLOW_VAR_A: its quotes do not end"),
        ("airflow:\n  variables: {a: 1\n", "is not valid YAML (line"),
        ("", "standard input: is empty"),
        ("airflow: {connections: [{id: a, type: x, password: 12345}]}", "standard input: connections.a.password"),
        ("AIRFLOW_CONN_A=http://h:x#y\n", "standard input: connections.a"),
    ],
)
def test_what_would_be_read_wrongly_is_refused_also_in_a_dry_run(place: Place, text: str, fault: str) -> None:
    for options in ([], ["--dry-run"]):
        said = place("import", "dev", "-", *options, stdin=text)
        assert said.code == 1
        assert fault in said.err
        assert not place.document().exists()


def test_a_dotenv_of_windows_and_json_with_a_hash(imported: Imported) -> None:
    text = 'AIRFLOW_VAR_A="y"\r\nAIRFLOW_VAR_B=x\r\nAIRFLOW_CONN_C={"conn_type": "http", "password": "a # b"}\r\n'
    found = imported(text, ".env")
    assert found["variables"] == {"a": "y", "b": "x"}
    assert found["connections"] == {"c": {"conn_type": "http", "password": "a # b"}}


def test_helm_values_whose_sections_are_at_the_top(imported: Imported) -> None:
    found = imported(
        "executor: x\nconnections: [{id: a, type: http}]\nvariables: [{key: k, value: v}]\n", "values.yaml"
    )
    assert found == {"connections": {"a": {"conn_type": "http"}}, "variables": {"k": "v"}}


def test_a_yaml_that_says_nothing_of_airflow_is_not_taken_for_variables(place: Place) -> None:
    said = place("import", "dev", "-", stdin="services: {web: {image: x}}\n")
    assert said.code == 2
    assert "--kind variables" in said.err
    assert place("import", "dev", "-", "--kind", "variables", stdin="a: x\n").code == 0


def test_a_document_in_clear_may_say_that_a_vault_has_it(imported: Imported) -> None:
    given = {"connections": {"v": {"from": "vault", "path": "a/b"}}, "variables": {"x": {"from": "vault"}}}
    assert imported(json.dumps(given), "clear.json") == given


def test_the_commands_it_names_can_be_typed(place: Place) -> None:
    (place.root.parent / "my values.env").write_text("AIRFLOW_VAR_A=1\n")
    file = str(place.root.parent / "my values.env")
    assert f"import dev '{file}'" in place("import", "dev", file, "--dry-run").out
    said = place("import", "dev", file)
    assert f"rm '{file}'" in said.out
    assert "dev has 1 name of" in said.out
    assert "Nothing to do" in place("import", "dev", file).out


def test_what_is_sealed_is_not_told_to_be_deleted(place: Place) -> None:
    (place.root.parent / "values.yaml").write_bytes(seal(HELM, place.me))
    assert "rm " not in place("import", "dev", str(place.root.parent / "values.yaml")).out


def test_a_variable_without_a_value_is_named(place: Place) -> None:
    said = place("import", "dev", "-", stdin="airflow: {variables: {a: null, b: x}}")
    assert "variables.a" in said.err
    assert place.values()["variables"] == {"b": "x"}


@pytest.mark.parametrize("value", ["007", "2026-01-31", "2026-01-31 10:00:00"])
def test_what_other_programs_read_in_another_way_is_refused_by_its_line(place: Place, value: str) -> None:
    said = place("import", "dev", "-", stdin=f"mode: {value}\nairflow:\n  variables:\n    a: {value}\n")
    assert said.code == 1
    assert "line 4: a date, or a number that begins with 0" in said.err
    assert value not in said.err
    quoted = f"mode: {value}\nairflow:\n  variables:\n    a: '{value}'\n"
    assert place("import", "dev", "-", stdin=quoted).code == 0
    assert place.values()["variables"] == {"a": value}
