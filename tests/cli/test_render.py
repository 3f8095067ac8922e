"""`airside render` writes what it may, and says what it may not; the target is one that needs no other program."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import Folder

Airside = Callable[..., SimpleNamespace]
SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]
[airflow]
python = "3.12"
[store]
url = "s3://releases/flows"
[celery]
base_url = "https://airflow.example.com"
[environments.preprod]
[environments."feature/x"]
[environments.production]
"""
PLACE = "deploy/celery/production"


@pytest.fixture
def ready(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    folder.write("airside.toml", SETTINGS)
    folder.write("requirements.lock", "apache-airflow==3.3.2\n")
    monkeypatch.chdir(folder.root)
    return folder


@pytest.fixture
def render(airside: Airside) -> Airside:
    return lambda *arguments: airside("render", "celery", "--env", "production", *arguments)


def files(folder: Folder) -> dict[str, bytes]:
    root = folder.root / "deploy"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_what_is_rendered_twice_is_the_same_and_nothing_is_written_then(ready: Folder, render: Airside) -> None:
    assert render().code == 0
    first = files(ready)
    again = render()
    assert (again.code, "nothing to change" in again.out, files(ready)) == (0, True, first)
    assert render("--check").code == 0


def test_each_choice_of_environments_has_a_folder_of_its_own(ready: Folder, airside: Airside) -> None:
    for words in (["production"], ["feature/x", "preprod"]):
        assert airside("render", "celery", *(word for name in words for word in ("--env", name))).code == 0
    assert sorted(path.name for path in (ready.root / "deploy" / "celery").iterdir()) == [
        "feature--x+preprod",
        "production",
    ]


def test_check_writes_nothing_and_names_each_file_that_differs(ready: Folder, render: Airside) -> None:
    done = render("--check")
    assert (done.code, (ready.root / "deploy").exists()) == (1, False)
    assert f"{PLACE}/airside.env: missing" in done.err
    render()
    ready.write("airside.toml", SETTINGS.replace("airflow.example.com", "flows.example.com"))
    done = render("--check")
    assert (done.code, f"{PLACE}/airside.env: outdated" in done.err) == (1, True)
    assert "`airside render celery --env production` writes what differs" in done.err
    assert render().code == 0
    assert render("--check").code == 0


def test_a_file_that_was_edited_is_kept_and_the_others_too(ready: Folder, render: Airside) -> None:
    render()
    path = ready.root / PLACE / "control.env"
    path.write_text(f"{path.read_text()}MINE=1\n")
    ready.write("airside.toml", SETTINGS.replace("airflow.example.com", "flows.example.com"))
    before = files(ready)
    for options, code in (((), 3), (("--check",), 1)):
        done = render(*options)
        assert (done.code, files(ready)) == (code, before)
        assert f"{PLACE}/control.env: edited by hand" in done.err
        assert "deploy/overlays/celery/control.env" in done.err
    assert render("--force").code == 0
    assert b"MINE" not in path.read_bytes()


def test_a_file_that_was_there_before_is_kept(ready: Folder, render: Airside) -> None:
    ready.write(f"{PLACE}/operate.sh", "mine")
    done = render()
    assert (done.code, "operate.sh: not rendered by airside" in done.err) == (3, True)
    assert files(ready) == {"celery/production/operate.sh": b"mine"}


def test_what_no_setting_asks_for_any_more_is_removed_unless_it_was_edited(ready: Folder, render: Airside) -> None:
    ready.write("airside.toml", f'{SETTINGS}[[alerts]]\nchannels = ["chat"]\n')
    render()
    settings, unit = (ready.root / PLACE / name for name in ("alerts/airside.toml", "units/airside-alerts.service"))
    unit.write_text("mine")
    ready.write("airside.toml", SETTINGS)
    done = render("--check")
    assert "alerts/airside.toml: no longer rendered" in done.err
    render()
    assert (settings.exists(), unit.read_text()) == (False, "mine")


def test_overlays_are_merged_those_of_an_environment_last(ready: Folder, render: Airside) -> None:
    ready.write("deploy/overlays/celery/airside.env", "A=all\nB=all\n")
    ready.write("deploy/overlays/celery@production/airside.env", "B=production\n")
    ready.write("deploy/overlays/celery@preprod/airside.env", "B=preprod\n")
    ready.write("deploy/overlays/celery/.gitkeep", "")
    assert render().code == 0
    lines = (ready.root / PLACE / "airside.env").read_text().splitlines()
    assert [line for line in lines if line.startswith(("A=", "B="))] == ["A=all", "B=production"]
    assert (ready.root / "deploy/overlays/celery/airside.env").read_text() == "A=all\nB=all\n"


def test_an_overlay_that_cannot_be_merged_is_refused_and_nothing_is_written(ready: Folder, render: Airside) -> None:
    path = ready.root / "deploy/overlays/celery/airsid.env"
    ready.write("deploy/overlays/celery/airsid.env", "A=1\n")
    done = render()
    assert (done.code, "airsid.env is an overlay for no file" in done.err) == (2, True)
    assert "did you mean 'airside.env'?" in done.err
    path.rename(path.with_name("airside.env")).write_bytes(b"\xff")
    done = render()
    said = "The overlay deploy/overlays/celery/airside.env cannot be read: it is no UTF-8 text"
    assert (done.code, said in done.err) == (2, True)
    assert not (ready.root / PLACE).exists()


@pytest.mark.parametrize("place", ["airside.toml", "lib/sums.py/below"])
def test_a_folder_that_cannot_be_written_is_named(ready: Folder, render: Airside, place: str) -> None:
    done = render("--out", place)
    assert (done.code, f"{place}" in done.err, "--out" in done.err) == (2, True, True)
    assert (ready.root / "airside.toml").read_text() == SETTINGS


def test_another_folder_is_named_so_that_a_shell_takes_it(ready: Folder, render: Airside, tmp_path: Path) -> None:
    done = render("--out", str(tmp_path / "out ü"))
    assert (done.code, f"sudo '{tmp_path}/out ü'/install.sh" in done.out) == (0, True)
    assert not (ready.root / "deploy").exists()


@pytest.mark.usefixtures("ready")
def test_the_document_has_the_folder_the_files_and_what_differed(render: Airside) -> None:
    document = json.loads(render("--json").out)
    assert (document["target"], document["folder"], document["environments"]) == ("celery", PLACE, ["production"])
    assert {one["path"] for one in document["differences"]} == set(document["files"])
    assert json.loads(render("--json").out)["differences"] == []


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["celry", "--env", "production"], "Did you mean `airside render celery`?"),
        (["celery", "--env", "prodction"], "did you mean 'production'?"),
        (["celery"], "celery needs to know which environment the platform tracks"),
        (["celery", "--env", "production", "--froce"], "--force"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_with_what_there_is(airside: Airside, words: list[str], said: str) -> None:
    done = airside("render", *words)
    assert (done.code, said in done.err) == (2, True)


def test_a_secret_in_the_settings_is_refused_and_shown_nowhere(ready: Folder, render: Airside) -> None:
    ready.write("airside.toml", f'{SETTINGS}[airflow.env]\nAWS_SECRET_ACCESS_KEY = "hunter2-canary"\n')
    done = render()
    assert (done.code, "airflow.env.AWS_SECRET_ACCESS_KEY" in done.err) == (2, True)
    assert "hunter2-canary" not in done.out + done.err
    assert not (ready.root / "deploy").exists()
