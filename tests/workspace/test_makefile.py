"""`make` in a workspace: the same verbs for the local Airflow, and for what `airside render` wrote."""

import os
import subprocess
from pathlib import Path

import pytest
from rendered_subject import subject

from airside.render.operate import Verb, operate
from airside.workspace import templates

TEMPLATES = Path(str(templates.__path__[0]))
ELSEWHERE = ("compose", "helm", "celery", "clevercloud")


class Made:
    """A workspace with the Makefile of the template, and a program `airside` that tells what it was asked for."""

    def __init__(self, root: Path) -> None:
        self.root, self.programs = root, root.parent / "programs"
        self.programs.mkdir()
        root.mkdir()
        (root / "Makefile").write_bytes((TEMPLATES / "default" / "files" / "Makefile").read_bytes())
        program = self.programs / "airside"
        program.write_text('#!/bin/sh\nfor word in airside "$@"; do printf "[%s]" "$word"; done; echo\n')
        program.chmod(0o755)

    def render(self, folder: str) -> None:
        """Write what a target renders, as far as `make` is concerned."""
        commands = {verb: f'printf "{verb} in %s: $*\\n" "${{PWD#"{self.root}/"}}"' for verb in Verb}
        file = operate(subject(), commands)
        path = self.root / folder / file.path
        path.parent.mkdir(parents=True)
        path.write_text(file.text)
        path.chmod(0o755)

    def make(self, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environ = {"PATH": f"{self.programs}:{os.defpath}", "LC_ALL": "C"} | variables
        command = ["make", "--silent", "--no-print-directory", *words]
        return subprocess.run(command, cwd=self.root, env=environ, capture_output=True, text=True, check=False)

    def said(self, *words: str) -> str:
        done = self.make(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "flüge & Züge %d")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["start"], "[airside][up][--detach]"),
        (["start", "ENV=preprod production"], "[airside][up][--detach][--track][preprod][--track][production]"),
        (["start", "ARGS=--port 8081"], "[airside][up][--detach][--port][8081]"),
        (["stop"], "[airside][down]"),
        (["restart"], "[airside][restart]"),
        (["status"], "[airside][status]"),
        (["logs", "ARGS=scheduler"], "[airside][logs][--follow][scheduler]"),
        (["bash"], "[airside][shell]"),
        (["edit-secret"], "[airside][secrets][edit][dev]"),
        (["edit-secret", "ENV=production"], "[airside][secrets][edit][production]"),
        (["apply-secret", "ENV=production"], "[airside][secrets][apply][production]"),
    ],
)
def test_without_a_target_a_verb_is_about_the_local_airflow(made: Made, words: list[str], said: str) -> None:
    assert made.said(*words) == said


@pytest.mark.parametrize("target", ELSEWHERE)
def test_with_a_target_a_verb_is_about_what_was_rendered(made: Made, target: str) -> None:
    made.render(f"deploy/{target}")
    made.render(f"deploy/{target}/production")
    for verb in Verb:
        assert made.said(verb, f"TARGET={target}") == f"{verb} in deploy/{target}:"
        words = (verb, f"TARGET={target}", "ENV=production", "ARGS=scheduler --tail 5")
        assert made.said(*words) == f"{verb} in deploy/{target}/production: scheduler --tail 5"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_make_render_renders_the_target(made: Made, target: str) -> None:
    assert made.said("render", f"TARGET={target}") == f"[airside][render][{target}]"
    asked = made.said("render", f"TARGET={target}", "ENV=feature/x production", "ARGS=--check")
    assert asked == f"[airside][render][{target}][--env][feature/x][--env][production][--check]"


def test_environments_have_the_folder_that_render_gives_them(made: Made) -> None:
    made.render("deploy/helm/feature--x+production")
    assert made.said("status", "TARGET=helm", "ENV=feature/x production").startswith(
        "status in deploy/helm/feature--x+"
    )


@pytest.mark.parametrize("target", ["", "kubernetes", "compose helm", "loca", "%"])
def test_an_unknown_target_is_refused_with_those_that_there_are(made: Made, target: str) -> None:
    done = made.make("start", f"TARGET={target}")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no TARGET '{target}'; there are: local compose helm celery clevercloud" in done.stderr


def test_what_was_not_rendered_is_refused_with_the_command_that_does(made: Made) -> None:
    made.render("deploy/compose")
    done = made.make("start", "TARGET=compose", "ENV=production")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        'There is no deploy/compose/production/operate.sh: `make render TARGET=compose ENV="production"`' in done.stderr
    )


@pytest.mark.parametrize("verb", ["render", "deploy"])
def test_what_is_for_other_targets_is_refused_for_the_local_one(made: Made, verb: str) -> None:
    done = made.make(verb)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"`make {verb}` needs a TARGET, one of: compose helm celery clevercloud" in done.stderr


def test_a_failure_elsewhere_is_one_of_make(made: Made) -> None:
    path = made.root / "deploy" / "compose" / "operate.sh"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\nexit 7\n")
    path.chmod(0o755)
    assert made.make("status", "TARGET=compose").returncode == 2


def test_the_target_may_be_a_variable_of_the_shell(made: Made) -> None:
    made.render("deploy/compose")
    assert made.make("status", TARGET="compose").stdout == "status in deploy/compose: \n"


def test_all_templates_have_the_same_makefile() -> None:
    found = [path.read_bytes() for path in TEMPLATES.glob("*/files/Makefile")]
    assert (len(found), len(set(found))) == (3, 1)
