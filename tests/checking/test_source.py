"""The source stage: a real ruff over real files."""

import shutil
import sysconfig
from pathlib import Path

import pytest

from airside.base.errors import UsageError
from airside.checking.findings import Finding
from airside.checking.source import find_ruff, fix_source, severity_of, source_findings, source_paths

RUFF = find_ruff(Path("no-environment"))
TEMPLATES = Path(__file__).parents[2] / "src" / "airside" / "workspace" / "templates"


def _write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / "dags" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return root


def _found(root: Path, *paths: str) -> tuple[Finding, ...]:
    return source_findings(root, paths or ["dags"], ruff=RUFF)


@pytest.mark.parametrize(
    ("text", "rule", "line", "severity"),
    [
        ("x = 1)\n", "invalid-syntax", 1, "error"),
        ("x = 1\nbreak\n", "F701", 2, "error"),
        ("def f():\n    return missing\n", "F821", 2, "error"),
        ("from airflow.operators.bash_operator import BashOperator\n\nBashOperator\n", "AIR302", 3, "error"),
        ("from airflow.models import Variable\n\nVariable\n", "AIR311", 3, "warning"),
        ("import os\n", "F401", 1, "warning"),
        ("import requests\n\nrequests.get('https://x.example')\n", "S113", 3, "warning"),
    ],
)
def test_a_fault_of_the_source_is_a_finding_at_its_line(
    tmp_path: Path, text: str, rule: str, line: int, severity: str
) -> None:
    found = [f for f in _found(_write(tmp_path, orders=text)) if f.rule == rule]
    assert [(f.file, f.line, f.severity) for f in found] == [("dags/orders.py", line, severity)]
    assert found[0].message
    assert rule == "invalid-syntax" or (found[0].url or "").startswith("https://docs.astral.sh/ruff/rules/")


def test_the_configuration_of_the_workspace_is_honoured_as_it_is(tmp_path: Path) -> None:
    _write(tmp_path, orders="import os\nx = 'single'\n")
    assert [f.rule for f in _found(tmp_path)] == ["F401"]
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert [f.rule for f in _found(tmp_path)] == ["F401"]
    (tmp_path / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["Q"]\n')
    assert [f.rule for f in _found(tmp_path)] == ["Q000"]
    (tmp_path / ".ruff.toml").write_text('exclude = ["orders.py"]')
    assert _found(tmp_path, "dags/orders.py") == ()


@pytest.mark.parametrize(("name", "text"), [("ruff.toml", "select = 3"), ("pyproject.toml", "[tool.ruff")])
def test_a_broken_configuration_is_named_in_the_words_of_its_reader(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=name) as refused:
        _found(_write(tmp_path, orders="x = 1\n"))
    assert refused.value.hint


def test_what_can_be_mended_is_mended_and_counted(tmp_path: Path) -> None:
    _write(tmp_path, orders="import os\nimport sys\n\nsys.exit(missing)\n", loads="import os\n")
    assert fix_source(tmp_path, ["dags"], ruff=RUFF) == {"F401": 2}
    assert (tmp_path / "dags" / "orders.py").read_text() == "import sys\n\nsys.exit(missing)\n"
    assert [f.rule for f in _found(tmp_path)] == ["F821"]
    assert fix_source(tmp_path, ["dags"], ruff=RUFF) == {}


def test_a_rule_that_is_off_is_not_mended(tmp_path: Path) -> None:
    _write(tmp_path, orders="import os\n")
    assert fix_source(tmp_path, ["dags"], ruff=RUFF, ignored=["F4"]) == {}
    assert (tmp_path / "dags" / "orders.py").read_text() == "import os\n"


def test_the_grammar_is_that_of_the_python_of_the_workspace(tmp_path: Path) -> None:
    _write(tmp_path, orders="type Order = int\n")
    assert source_findings(tmp_path, ["dags"], ruff=RUFF, python="3.12.4") == ()
    assert [f.rule for f in source_findings(tmp_path, ["dags"], ruff=RUFF, python="3.11")] == ["invalid-syntax"]


def test_the_examples_of_airflow_have_no_error_and_the_templates_no_finding(tmp_path: Path) -> None:
    airflow = Path(sysconfig.get_path("purelib"), "airflow", "example_dags")
    shutil.copytree(airflow, tmp_path / "core")
    shutil.copytree(airflow.parent / "providers" / "standard" / "example_dags", tmp_path / "standard")
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    assert len(list(tmp_path.rglob("*.py"))) > 80
    assert {f.rule for f in _found(tmp_path, "core", "standard")} == {"S113", "S605", "AIR311"}
    assert {f.severity for f in _found(tmp_path, "core", "standard")} == {"warning"}
    assert _found(tmp_path, "templates") == ()


def test_everything_that_is_python_is_looked_at(tmp_path: Path) -> None:
    for name in ("dags", "tests", "policies", "lib"):
        (tmp_path / name).mkdir()
    (tmp_path / "helper.py").touch()
    (tmp_path / "settings.yaml").touch()
    entries = ["dags", "lib", "helper.py", "settings.yaml"]
    assert source_paths(tmp_path, entries) == ("dags", "lib", "helper.py", "tests", "policies")
    assert source_paths(tmp_path, ["dags", "tests"]) == ("dags", "tests", "policies")


def test_the_ruff_of_the_workspace_is_taken_before_airsides_own(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "ruff"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho none\n")
    assert find_ruff(tmp_path) == program
    with pytest.raises(UsageError, match="cannot be started"):
        source_findings(_write(tmp_path, orders=""), ["dags"], ruff=program)
    program.chmod(0o755)
    with pytest.raises(UsageError, match="a form that is not known"):
        source_findings(tmp_path, ["dags"], ruff=program)


def test_nothing_to_look_at_is_nothing_found(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("a: [")
    assert source_findings(tmp_path, [], ruff=RUFF) == ()
    assert source_findings(tmp_path, ["settings.yaml", "gone"], ruff=RUFF) == ()


def test_severities_follow_the_beginning_of_the_code() -> None:
    assert [severity_of(code) for code in ("E999", "E902", "F706", "F401", "AIR301", "AIR311", "S301")] == [
        "error", "error", "error", "warning", "error", "warning", "warning",
    ]  # fmt: skip
