"""`operate.sh` is the same on each target: its verbs, its refusals, from any folder."""

import subprocess
import sys
from pathlib import Path

import pytest
from rendered_subject import subject

from airside.render.operate import Verb, operate

SHELLCHECK = Path(sys.executable).with_name("shellcheck")
COMMANDS = {
    Verb.START: "say starting\nsay ready",
    Verb.STATUS: "false\nsay never",
    Verb.LOGS: 'say "logs of ${1:-all}: $#" "$PWD"',
}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = operate(subject(), COMMANDS, before='say() { printf "%s|" "$@"; echo; }')
    assert file.executable
    path = tmp_path / "flüge & Züge %d" / file.path
    path.parent.mkdir()
    path.write_text(file.text)
    path.chmod(0o755)
    return path


def run(script: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([script, *arguments], cwd="/", capture_output=True, text=True, check=False)


def test_a_verb_runs_its_lines_in_the_folder_of_the_script(script: Path) -> None:
    assert run(script, "start").stdout == "starting|\nready|\n"
    assert run(script, "logs", "the scheduler", "--follow").stdout == f"logs of the scheduler: 2|{script.parent}|\n"


def test_a_line_that_fails_ends_it_with_its_code(script: Path) -> None:
    done = run(script, "status")
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("words", [(), ("",), ("sart",), ("deploy",), ("--help",)])
def test_an_unknown_verb_and_one_that_the_target_does_not_have_are_refused_with_the_verbs(
    script: Path, words: tuple[str, ...]
) -> None:
    done = run(script, *words)
    assert (done.returncode, done.stdout) == (2, "")
    for verb in COMMANDS:
        assert f"  {verb}" in done.stderr
    assert "  stop" not in done.stderr
    assert not any(words) or f"There is no verb {words[0]} here" in done.stderr


def test_a_shell_finds_nothing_to_say(script: Path) -> None:
    done = subprocess.run([SHELLCHECK, "--norc", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
