import importlib
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from airside.cli.catalogue import ENTRIES
from airside.cli.main import EXIT_BUG, cli, run
from airside.cli.verb_group import Entry


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_every_verb_has_help_that_begins_with_its_line_in_the_catalogue(entry: Entry) -> None:
    name = entry.name
    command = importlib.import_module(f"airside.cli.commands.{ENTRIES[name].module}").command
    assert command.help is not None
    assert command.help.strip().splitlines()[0] == ENTRIES[name].summary
    for leaf in command.commands.values() if isinstance(command, click.Group) else [command]:
        text = leaf.help or ""
        assert "Exit codes:" in text or "Exit codes:" in command.help, "exit codes are documented"
        assert f"airside {name}" in text, "an example is given"


def test_help_imports_no_verb_and_nothing_heavy() -> None:
    code = (
        "import sys; from airside.cli.main import run; run(['--help']);"
        "heavy = {'rich', 'pydantic', 'obstore', 'copier', 'psutil', 'urllib3', 'msgspec', 'supervisor', 'airflow'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(["depoly"], "airside deploy"), (["secrets", "histry"], "airside secrets history")],
)
def test_a_mistyped_verb_names_the_right_one(capsys: pytest.CaptureFixture[str], typed: list[str], meant: str) -> None:
    assert run(typed) == 2
    assert f"Did you mean `{meant}`?" in capsys.readouterr().err


def test_a_wrong_option_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["history", "production", "--nope"]) == 2
    assert "airside history" in capsys.readouterr().err


def test_an_error_has_the_same_fields_in_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["-C", str(tmp_path), "environments", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["type"] == "WorkspaceError"
    assert error["exit_code"] == 2
    assert "airside.toml" in error["message"]
    assert "airside init" in error["hint"]


def test_a_global_option_works_before_and_after_the_verb(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["-C", str(tmp_path), "environments"], ["environments", "-C", str(tmp_path)]):
        assert run(arguments) == 2
        assert str(tmp_path) in capsys.readouterr().err


def test_a_bug_becomes_a_report_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def broken(**_: object) -> None:
        raise ZeroDivisionError("one by nought")

    monkeypatch.setattr(cli, "callback", broken)
    assert run(["environments"]) == EXIT_BUG
    shown = capsys.readouterr().err
    assert "This is a bug in airside: ZeroDivisionError: one by nought" in shown
    assert "Traceback" not in shown
    (report,) = tmp_path.iterdir()
    assert "Traceback" in report.read_text()
