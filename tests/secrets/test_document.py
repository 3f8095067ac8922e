"""The shape of a document: every fault is told by the name of its entry, and no value is ever shown."""

import pytest

from airside.base.errors import FindingsError
from airside.secrets.document import parse_document
from airside.secrets.values import Connection

DOCUMENT = b"""\
connections:
    warehouse:
        conn_type: postgres
        host: db.example.com
        port: 5432
        password: hunter2-in-the-clear
        extra: {sslmode: require, timeout: 5}
    as_uri: postgres://me:hunter2@db/sales
    in_vault: {from: vault}
    at_a_path: {from: vault, path: team/db}
    text_of_extra: {conn_type: aws, extra: '{"region": "eu"}', login: ""}
variables:
    day: "2026-01-31"
    limits: {orders: 3}
    elsewhere: {from: vault, path: team/key}
    a_mapping: {from: vault, path: team/key, more: 1}
"""


def test_a_document_is_its_connections_and_variables() -> None:
    document = parse_document(DOCUMENT, what="dev.yaml")
    assert document.names[:2] == ("connections.warehouse", "connections.as_uri")
    assert document.connections["warehouse"] == Connection(
        "warehouse",
        conn_type="postgres",
        host="db.example.com",
        port=5432,
        password="hunter2-in-the-clear",
        extra='{"sslmode": "require", "timeout": 5}',
    )
    assert document.connections["as_uri"] == Connection("as_uri", uri="postgres://me:hunter2@db/sales")
    assert document.connections["in_vault"] == Connection("in_vault", vault_path="in_vault")
    assert document.connections["at_a_path"] == Connection("at_a_path", vault_path="team/db")
    assert document.connections["text_of_extra"].extra == '{"region": "eu"}'
    assert document.variables == {
        "day": "2026-01-31",
        "limits": '{"orders": 3}',
        "a_mapping": '{"from": "vault", "path": "team/key", "more": 1}',
    }
    assert document.vault_variables == {"elsewhere": "team/key"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"conections: {}", "unknown key 'conections' (known: connections, variables)"),
        (b"- hunter2", "dev.yaml is not a mapping"),
        (b"connections: [hunter2]", "connections: expected a mapping of names"),
        (b"connections: {db: [hunter2]}", "connections.db: expected a URI, or fields (conn_type"),
        (b"connections: {db: hunter2}", "connections.db: is not a URI"),
        (b"connections: {db: 'postgres://a:hunter2@x:port'}", "connections.db: is not a URI: its host or port"),
        (b"connections: {db: {uri: 'a://hunter2', conn_type: a}}", "connections.db.uri: a URI stands in place of the"),
        (b"connections: {db: {conn_typ: hunter2}}", "connections.db: unknown field 'conn_typ'"),
        (b"connections: {db: {host: hunter2}}", "connections.db.conn_type: expected text, such as postgres"),
        (b"connections: {db: {conn_type: x, port: 'hunter2'}}", "connections.db.port: expected a whole number"),
        (b"connections: {db: {conn_type: x, port: 65536}}", "connections.db.port: expected a whole number up to 65535"),
        (b"connections: {db: {conn_type: x, password: 0123}}", "connections.db.password: expected text; put it in q"),
        (b"connections: {db: {conn_type: x, login: true}}", "connections.db.login: expected text; put it in quotes"),
        (b"connections: {db: {conn_type: x, extra: [hunter2]}}", "connections.db.extra: expected a mapping, or the"),
        (b"connections: {db: {conn_type: x, extra: hunter2}}", "connections.db.extra: expected a mapping, or the"),
        (b"connections: {db: {from: hunter2}}", "connections.db.from: expected vault"),
        (b"connections: {db: {from: vault, path: 1}}", "connections.db.path: expected text"),
        (
            b"connections: {db: {from: vault, host: hunter2}}",
            "connections.db: unknown field 'host' (known: from, path)",
        ),
        (b"connections: {1: {conn_type: x}}", "has a name that is not text; put it in quotes (line 1)"),
        (b"connections: {2026-01-01: {conn_type: x}}", "has a name that is not text; put it in quotes (line 1)"),
        (b"connections: {' db': {conn_type: x}}", "connections.' db': a name is empty, has spaces around it"),
        (b"variables: {'': x}", "variables.'': a name is empty"),
        (b"variables: {x: }", "variables.x: has no value"),
        (b"variables: {x: 'hunter2", "is not valid YAML"),
        (b"variables: {x: !!python/object:hunter2 {}}", "has a tag"),
    ],
)
def test_a_wrong_shape_is_named_without_a_value(text: bytes, said: str) -> None:
    with pytest.raises(FindingsError) as found:
        parse_document(text, what="dev.yaml")
    assert said in found.value.message
    assert "hunter2" not in found.value.message
    assert found.value.__cause__ is None
    assert found.value.__context__ is None


def test_all_faults_are_told_at_once() -> None:
    text = b"connections: {a: {host: x}, b: {conn_type: x, port: y}}\nvariables: {c: }\nmore: 1\n"
    with pytest.raises(FindingsError) as found:
        parse_document(text, what="dev.yaml")
    assert found.value.message.splitlines() == [
        "dev.yaml: unknown key 'more' (known: connections, variables)",
        "dev.yaml: connections.a.conn_type: expected text, such as postgres",
        "dev.yaml: connections.b.port: expected a whole number up to 65535",
        "dev.yaml: variables.c: has no value",
    ]


def test_the_text_of_a_document_object_shows_names_only() -> None:
    document = parse_document(DOCUMENT, what="dev.yaml")
    for shown in (repr(document), repr(document.connections["warehouse"]), str(document.connections["as_uri"])):
        assert "hunter2" not in shown
        assert "db.example.com" not in shown
    assert "connections.warehouse" in repr(document)


@pytest.mark.parametrize("text", [b"connections:\nvariables:\n", b"{}", b"", b"\xef\xbb\xbf# nothing"])
def test_an_empty_document_is_fine(text: bytes) -> None:
    assert parse_document(text, what="dev.yaml").names == ()
