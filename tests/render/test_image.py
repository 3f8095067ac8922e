"""The Containerfile, as text; `tests/targets/test_image.py` builds it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.errors import WorkspaceError
from airside.render.image.containerfile import CONTAINERFILE, render
from airside.render.image.naming import image_name, image_reference
from airside.render.subject import AirsideSource, Subject
from airside.workspace.settings import Settings

LOCK = Digest.of(b"apache-airflow==3.3.2\n")
PUBLISHED, OWN = AirsideSource("airside==1.2.0"), AirsideSource("airside==1.2.0", wheel=True)
BASES = (None, "apache/airflow:slim-3.3.2-python3.11", "debian:bookworm-slim", "python:3.11-slim", "localhost:5000/x/y")


def subject(
    image: dict[str, Any] | None = None, *, python: str | None = "3.11", airside: AirsideSource = PUBLISHED, **more: Any
) -> Subject:
    airflow = {"python": python} if python else {}
    said = {"workspace": {"name": "sales-flows"}, "airflow": airflow, "image": image or {}, **more}
    return Subject(Settings.model_validate(said), (), LOCK, None, airside, "image", "airside render image")


def text(of: Subject) -> str:
    return next(file.text for file in render(of) if file.path == CONTAINERFILE)


def lint(containerfile: str, folder: Path) -> list[Any]:
    (folder / CONTAINERFILE).write_text(containerfile)
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("hadolint")),
            "--no-color",
            "--format",
            "json",
            str(folder / CONTAINERFILE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("airside", [PUBLISHED, OWN])
def test_nothing_is_wrong_with_it(base: str | None, airside: AirsideSource, tmp_path: Path) -> None:
    image = {"base": base, "packages": ["libpq5", "unixodbc=2.3.11-2"]}
    assert lint(text(subject(image, airside=airside)), tmp_path) == []
    assert lint(text(subject({"base": base}, airside=airside, alerts=[{"channels": ["team"]}])), tmp_path) == []


def test_it_is_made_from_the_image_of_airflow_with_the_python_of_the_lock_file() -> None:
    assert "\nFROM docker.io/apache/airflow:3.3.2-python3.11\n" in text(subject())


@pytest.mark.parametrize("base", BASES)
def test_it_ends_with_an_account_that_is_not_root(base: str | None) -> None:
    users = [line for line in text(subject({"base": base, "packages": ["jq"]})).splitlines() if line.startswith("USER")]
    assert users == ["USER 0", "USER 50000"]


def test_no_root_is_needed_where_the_image_of_airflow_has_everything() -> None:
    assert "USER 0" not in text(subject())


def test_it_says_for_which_lock_file_it_is() -> None:
    assert f"ENV AIRSIDE_LOCK={LOCK}\n" in text(subject())
    assert f'dev.airside.lock="{LOCK}"' in text(subject())


def test_the_workflows_stay_out_of_its_context() -> None:
    ignored = render(subject(airside=OWN))[1].text.splitlines()
    rules = [line for line in ignored if not line.startswith("#")]
    assert rules == ["*", "!requirements.lock", "!wheels/", "wheels/*", "!wheels/airside-*.whl"]


def test_the_watcher_of_alerts_gets_what_the_command_line_needs() -> None:
    assert "uv pip install --no-cache --no-deps" in text(subject())
    assert "--constraint requirements.lock" in text(subject(alerts=[{"channels": ["team"]}]))


def test_its_tag_says_what_is_installed() -> None:
    assert image_reference(subject()) == f"localhost/sales-flows-airflow:{LOCK.hex[:12]}"
    assert image_name(subject({"name": "registry.example.com:5000/data/airflow"}).settings).endswith("data/airflow")


def test_without_a_lock_file_it_is_refused() -> None:
    of = subject()
    without = Subject(of.settings, (), None, None, PUBLISHED, "image", "airside render image")
    with pytest.raises(WorkspaceError, match=r"requirements\.lock"):
        render(without)


def test_where_nobody_says_which_python_it_is_refused() -> None:
    with pytest.raises(WorkspaceError, match=r"airflow\.python"):
        render(subject(python=None))
    assert render(subject({"base": "debian:bookworm"}, python=None))


@pytest.mark.parametrize(
    "image",
    [
        {"name": "registry.example.com/airflow:latest"},
        {"name": "Airflow"},
        {"base": "debian bookworm"},
        {"packages": ["libpq5; rm -rf /"]},
        {"packages": ["--allow-downgrades"]},
        {"tag": "1"},
    ],
)
def test_what_is_no_name_is_refused(image: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="image"):
        subject(image)


NAMES = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda name: ".." not in name)


@given(name=NAMES, base=st.sampled_from(BASES), wheel=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_same_settings_give_the_same_bytes(name: str, base: str | None, wheel: bool) -> None:
    def made() -> tuple[object, ...]:
        source = AirsideSource("airside==1.2.0", wheel=wheel)
        return render(subject({"base": base}, airside=source, workspace={"name": name}))

    assert made() == made()
