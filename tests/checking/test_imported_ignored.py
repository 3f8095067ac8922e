"""Files that Airflow does not see; what hides them is compared with Airflow's own walk over a folder."""

from pathlib import Path

import pytest
from airflow._shared.module_loading.file_discovery import find_path_from_directory

from airside.checking.imported.defining import definitions
from airside.checking.imported.ignored import Syntax, hidden_findings, hiding_pattern, ignore_file_findings
from airside.inspection.facts import FileFacts

DAG = b"from airflow.sdk import DAG\n\nwith DAG('orders'):\n    pass\n"

FILES = ("dags/orders.py", "dags/old/orders.py", "dags/old/deep/shop.py", "dags/test_a.py", "dags/x/test_b.py")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Airflow's own, about pathspec
@pytest.mark.parametrize("syntax", ["glob", "regexp"])
@pytest.mark.parametrize(
    "patterns",
    [
        {"dags/.airflowignore": "orders.py"},
        {"dags/.airflowignore": "old/"},
        {"dags/.airflowignore": "/old/deep/"},
        {"dags/.airflowignore": "deep"},
        {"dags/.airflowignore": "old/orders.py\n"},
        {"dags/.airflowignore": "orders.py/"},
        {"dags/.airflowignore": "test_* # tests\n!test_b.py\n"},
        {"dags/.airflowignore": "*.py\n!orders.py\n"},
        {"dags/.airflowignore": "*\n", "dags/old/.airflowignore": "!*\n"},
        {"dags/.airflowignore": "/\n\n#all\n"},
        {".airflowignore": "/lib/\n**/old/**\n", "dags/x/.airflowignore": "test_?.py"},
        {".airflowignore": "dags/old\ntest_[ab]"},
        {"dags/old/.airflowignore": "/orders.py\n/deep/*.py"},
    ],
)
def test_a_file_is_hidden_exactly_where_airflow_does_not_list_it(
    tmp_path: Path, syntax: Syntax, patterns: dict[str, str]
) -> None:
    sources = dict.fromkeys(FILES, DAG) | {file: text.encode() for file, text in patterns.items()}
    for file, content in sources.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content)
    found = find_path_from_directory(tmp_path, ".airflowignore", syntax)
    listed = {Path(path).relative_to(tmp_path).as_posix() for path in found}
    assert {file for file in FILES if hiding_pattern(file, sources, syntax) is None} == listed


def test_a_hidden_workflow_is_a_warning_that_names_the_pattern() -> None:
    sources = {"dags/orders.py": DAG, "dags/.airflowignore": b"# drafts\n*_draft.py\nord*.py\n"}
    (found,) = hidden_findings(sources, [], dags="dags")
    assert (found.rule, found.severity, found.place) == ("ignored-workflow", "warning", "dags/orders.py:3")
    assert "'ord*.py' in dags/.airflowignore:3" in found.message


def test_a_workflow_in_a_file_without_the_words_that_airflow_looks_for_is_a_warning() -> None:
    text = b"from lib.flows import DAG\n\nDAG('orders')\n"
    (found,) = hidden_findings({"dags/orders.py": text}, [FileFacts(file="dags/orders.py", skipped=True)], dags="dags")
    assert (found.rule, found.line) == ("ignored-workflow", 3)
    assert "'airflow'" in found.message


def test_what_airflow_imports_or_another_file_uses_or_defines_nothing_is_passed_over() -> None:
    sources = {
        "dags/seen.py": DAG,
        "dags/used.py": DAG,
        "dags/broken.py": b"with DAG(",
        "dags/factory.py": b"from airflow.sdk import DAG\ndef make(): return DAG('a')\n",
        "lib/elsewhere.py": DAG,
        "dags/.airflowignore": b"*.py\n",
    }
    facts = [FileFacts(file="dags/seen.py", modules=("dags/used.py",))]
    assert list(hidden_findings(sources, facts, dags="dags")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = DAG('a')\nfor i in range(3):\n    DAG(str(i))\n", (1, 3)),
        ("import airflow\nairflow.sdk.DAG('a')\n", (2,)),
        ("@dag\ndef a(): ...\na()\n", (1,)),
        ("@sdk.dag(schedule=None)\ndef a(): ...\nx = a()\n", (1,)),
        ("@dag\ndef a(): ...\n", ()),
        ("def a(): ...\na()\n", ()),
        ("if __name__ == '__main__':\n    DAG('a').test()\n", ()),
        ("class A:\n    x = DAG('a')\n", ()),
    ],
)
def test_workflows_are_told_from_the_text(text: str, lines: tuple[int, ...]) -> None:
    assert definitions(text.encode()) == lines


@pytest.mark.parametrize(
    ("content", "line", "said"), [(b"fine.py\n[z-a].py\n", 2, "[z-a].py"), (b"\xff\n", None, "UTF-8")]
)
def test_an_ignore_file_that_ends_the_dag_processor_is_an_error(content: bytes, line: int | None, said: str) -> None:
    (found,) = ignore_file_findings({"dags/.airflowignore": content, "dags/a.py": content})
    assert (found.rule, found.severity, found.line) == ("invalid-ignore-file", "error", line)
    assert said in found.message


def test_airflow_leaves_out_a_regular_expression_that_is_none() -> None:
    assert list(ignore_file_findings({"dags/.airflowignore": b"[z-a].py\n"}, syntax="regexp")) == []
