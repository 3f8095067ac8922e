"""What a workspace adds is merged in, and nothing of it is lost or misplaced."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airside.base.errors import UsageError
from airside.render.overlays import with_overlays
from airside.render.rendered import RenderedFile

FOLDER = "deploy/overlays/compose"
COMPOSE = RenderedFile(
    "compose.yaml",
    '# made\nservices:\n  # the web server\n  web:\n    image: "a"\n    ports: [1, 2]\n  db: {image: "b"}\n',
)


def merged(file: RenderedFile, overlay: str) -> str:
    [only] = with_overlays([file], {file.path: overlay}, FOLDER)
    return only.text


def test_tables_are_merged_lists_are_replaced_and_null_removes() -> None:
    text = merged(COMPOSE, "services:\n  web: {ports: [3], mem_limit: 1g}\n  db: null\n  mine: {image: c}\n")
    assert yaml.safe_load(text) == {
        "services": {"web": {"image": "a", "ports": [3], "mem_limit": "1g"}, "mine": {"image": "c"}}
    }


def test_the_comments_of_what_was_rendered_stay() -> None:
    text = merged(COMPOSE, "services: {mine: {image: c}}\n")
    assert "# made" in text
    assert "# the web server" in text


def test_variables_are_merged_by_name() -> None:
    file = RenderedFile("airside.env", "# made\nA=1\nB=2\n")
    assert merged(file, "# mine\nB=3\nC=x=y\n") == "# made\nA=1\nB=3\nC=x=y\n"


def test_anything_else_gets_the_overlay_at_its_end() -> None:
    assert merged(RenderedFile("Containerfile", "FROM a\n"), "RUN b\n") == "FROM a\n\nRUN b\n"


def test_a_file_without_an_overlay_is_as_it_was() -> None:
    assert with_overlays([COMPOSE], {}, FOLDER) == (COMPOSE,)


def test_an_overlay_for_no_file_is_refused_with_the_name_that_was_meant() -> None:
    with pytest.raises(UsageError, match=r"deploy/overlays/compose/compose\.yml .*did you mean 'compose\.yaml'"):
        with_overlays([COMPOSE], {"compose.yml": "a: 1\n"}, FOLDER)


@pytest.mark.parametrize("overlay", ["- a\n", "text"])
def test_an_overlay_that_is_no_table_is_refused(overlay: str) -> None:
    with pytest.raises(UsageError, match=r"deploy/overlays/compose/compose\.yaml is no"):
        merged(COMPOSE, overlay)


TABLES = st.recursive(
    st.integers() | st.text("abc", max_size=3) | st.booleans(),
    lambda inner: st.dictionaries(st.text("xyz", min_size=1, max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text("xyz", min_size=1, max_size=2), TABLES),
    st.dictionaries(st.text("xyz", min_size=1, max_size=2), TABLES),
)
def test_what_the_overlay_says_holds_and_nothing_else_changes(
    below: dict[str, object], above: dict[str, object]
) -> None:
    text = merged(RenderedFile("values.yaml", yaml.safe_dump({"kept": 1, **below})), yaml.safe_dump(above))
    found = yaml.safe_load(text)
    assert found["kept"] == 1
    assert all(found[key] == value for key, value in above.items() if not isinstance(value, dict))
    assert all(found[key] == value for key, value in below.items() if key not in above)


MANIFESTS = RenderedFile(
    "watcher.yaml",
    "# made\nkind: ConfigMap\nmetadata: {name: watcher}\ndata:\n  a: |\n    x = 1\n---\n"
    "kind: Deployment\nmetadata: {name: watcher}\nspec: {replicas: 1}\n",
)


def test_of_several_documents_those_of_the_same_kind_and_name_are_merged_and_others_added() -> None:
    more = "kind: Deployment\nmetadata: {name: watcher}\nspec: {paused: true}\n---\nkind: Role\nmetadata: {name: r}\n"
    text = merged(MANIFESTS, more)
    assert list(yaml.safe_load_all(text)) == [
        {"kind": "ConfigMap", "metadata": {"name": "watcher"}, "data": {"a": "x = 1\n"}},
        {"kind": "Deployment", "metadata": {"name": "watcher"}, "spec": {"replicas": 1, "paused": True}},
        {"kind": "Role", "metadata": {"name": "r"}},
    ]
    assert text.startswith("# made\n")


@pytest.mark.parametrize(
    ("file", "overlay", "said"),
    [
        (MANIFESTS, "spec: {replicas: 2}\n", "a document without kind and metadata.name"),
        (COMPOSE, "a: 1\n---\nb: 2\n", "has several documents"),
        (COMPOSE, "- a\n", "is no table of YAML"),
        (COMPOSE, "a: 1\nb: [1\n", r"compose\.yaml:3 is not valid YAML: expected ',' or '\]'"),
        (COMPOSE, "a: 1\na: 2\n", r'compose\.yaml:2 is not valid YAML: found duplicate key "a"'),
        (COMPOSE, "a: \x00\n", r"compose\.yaml is not valid YAML"),
    ],
)
def test_yaml_that_cannot_be_merged_is_refused_with_its_place(file: RenderedFile, overlay: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        merged(file, overlay)


@pytest.mark.parametrize("overlay", ["", "# nothing yet\n", "---\n"])
def test_an_empty_overlay_changes_nothing(overlay: str) -> None:
    assert yaml.safe_load(merged(COMPOSE, overlay)) == yaml.safe_load(COMPOSE.text)
