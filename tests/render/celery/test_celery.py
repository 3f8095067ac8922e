"""What is rendered for machines of one's own is valid, says no secret, and is the same each time."""

import configparser
import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from celery_subjects import rendered, subject
from hypothesis import given, settings
from hypothesis import strategies as st
from walkthrough import DOCS, fences

from airside.base.errors import WorkspaceError
from airside.render.celery import render
from airside.render.celery.variables import as_lines, common_variables
from airside.render.secret_names import SECRET_NAMES

NO_SYSTEMD = "there is no systemd-analyze"
ANY_TEXT = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x24FF, exclude_characters="\x7f\x85\xa0"), max_size=40
)
OPTION = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True)


def sourced(text: str) -> dict[str, str]:
    """Return what a shell makes of an environment file."""
    words = ["env", "-i", "/bin/sh", "-c", "set -a; . /dev/stdin; exec /usr/bin/env -0"]
    out = subprocess.run(words, input=text.encode(), capture_output=True, check=True).stdout
    pairs = (entry.partition("=") for entry in out.decode().split("\0") if entry)
    return {name: value for name, _, value in pairs if name not in {"PWD", "_", "SHLVL", "OLDPWD"}}


def unit(files: Mapping[str, str], name: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as systemd: names are what they are
    parser.read_string(files[f"units/airside-{name}.service"])
    return parser["Service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason=NO_SYSTEMD)
def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    files = rendered(subject({"workers": {"default": {}, "heavy": {"queues": ["heavy", "gpu.a"], "concurrency": 2}}}))
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    programs = tmp_path / "opt/airside/current/bin"
    programs.mkdir(parents=True)
    for name in ("airflow", "airside", "python"):
        (programs / name).touch(mode=0o755)
    folder = tmp_path / "etc/systemd/system"
    folder.mkdir(parents=True)
    names = [Path(path).name for path in files if path.startswith("units/")]
    for name in names:
        (folder / name).write_text(files[f"units/{name}"])
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_shellcheck_has_nothing_to_say_about_the_scripts(tmp_path: Path) -> None:
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("there is no shellcheck")
    workers = {"workers": {"default": {}, "heavy": {"queues": ["heavy"]}}}
    for number, found in enumerate((subject(), subject(workers, trust="[trust]\n"))):
        scripts = [file for file in render(found) if file.path.endswith(".sh")]
        assert all(file.executable for file in scripts)
        paths = [tmp_path / f"{number}-{file.path}" for file in scripts]
        for path, file in zip(paths, scripts, strict=True):
            path.write_text(file.text)
        done = subprocess.run([program, *paths], capture_output=True, text=True, check=False)
        assert done.stdout == ""


@settings(max_examples=40, deadline=None)
@given(
    config=st.dictionaries(OPTION, st.dictionaries(OPTION, ANY_TEXT, max_size=3), max_size=3),
    env=st.dictionaries(st.from_regex(r"[A-Z][A-Z_]{0,12}", fullmatch=True).map("OWN_{}".format), ANY_TEXT, max_size=3),
)
def test_airflow_gets_every_option_as_it_was_set_and_the_bytes_are_the_same_each_time(
    config: dict[str, dict[str, str]], env: dict[str, str]
) -> None:
    found = subject(airflow={"config": {f"own_{name}": table for name, table in config.items()}, "env": env})
    files = rendered(found)
    assert files == rendered(found)
    got = sourced(files["airside.env"])
    assert got == common_variables(found)
    for name, value in env.items():
        assert got[name] == value
    for section, table in config.items():
        for option, value in table.items():
            assert got[f"AIRFLOW__OWN_{section.upper()}__{option.upper()}"] == value


def test_systemd_reads_a_line_as_a_shell_does() -> None:
    # Within double quotes systemd takes a backslash before `"`, `\\`, `` ` `` and `$` away, like a shell, and leaves it
    # before all others (systemd.exec(5)); what the file escapes is these four and nothing else.
    (line,) = as_lines({"A": 'a "b" \\ `c` $d ~ #e %f'})
    assert line == 'A="a \\"b\\" \\\\ \\`c\\` \\$d ~ #e %f"'


def test_no_file_has_a_value_for_a_secret() -> None:
    own = {"core": {"parallelism": "8"}, "database": {"sql_alchemy_conn": "postgresql+psycopg2://db/airflow"}}
    files = rendered(subject(airflow={"config": own, "env": {"AIRFLOW__CELERY__BROKER_URL": "redis://here"}}))
    variables = sourced(files["airside.env"]) | sourced(files["control.env"])
    for secret in SECRET_NAMES:
        # A variable with the value itself would win over the one that reads the file.
        assert secret.variable not in variables
        assert variables[f"{secret.variable}_CMD"] == f"cat /etc/airside/secrets/{secret.name}"


def test_a_worker_is_told_neither_where_the_database_is_nor_how_to_sign_tokens() -> None:
    files = rendered(subject())
    for name in ("worker-default", "logs"):
        assert "control.env" not in files[f"units/airside-{name}.service"]
    for name in ("SQL_ALCHEMY_CONN", "FERNET_KEY", "JWT_SECRET", "PASSWORDS"):
        assert name not in files["airside.env"]
        assert name in files["control.env"]


def test_each_group_of_workers_is_a_unit_with_its_queues_and_time_to_end_its_tasks() -> None:
    workers = {"default": {}, "heavy": {"queues": ["heavy", "gpu"], "concurrency": 2}}
    files = rendered(subject({"grace": "1h30m", "workers": workers}))
    heavy = unit(files, "worker-heavy")
    assert "--queues heavy,gpu --concurrency 2" in heavy["ExecStart"]
    assert "heavy@%H" in heavy["ExecStart"]  # two groups on one machine have two names
    assert (heavy["KillMode"], heavy["TimeoutStopSec"]) == ("mixed", "5400")
    assert "--queues default --concurrency 16" in unit(files, "worker-default")["ExecStart"]


def test_every_service_is_an_account_without_rights_and_always_comes_back() -> None:
    files = rendered(subject())
    names = [path.removeprefix("units/airside-").removesuffix(".service") for path in files if ".service" in path]
    services = [unit(files, name) for name in names if name != "migrate"]
    assert len(services) == 6
    for service in services:
        assert (service["User"], service["NoNewPrivileges"], service["CapabilityBoundingSet"]) == ("airflow", "yes", "")
        assert service["ProtectSystem"] in {"full", "strict"}
        assert service["Restart"] == "always"


def test_the_trust_file_is_on_every_machine_where_the_workspace_has_one() -> None:
    files = rendered(subject(trust='[keys]\nana = "x"\n'))
    assert files["trust.toml"] == '[keys]\nana = "x"\n'
    assert '\\"trust\\": \\"/etc/airside/trust.toml\\"' in files["airside.env"]
    assert "trust.toml" in files["install.sh"]
    assert "trust" not in rendered(subject())["airside.env"]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"store": {"url": ".store"}}, "store.url: '.store' is a folder of this machine"),
        ({"store": {"url": "/srv/store"}}, "store.url: '/srv/store' is a folder of this machine"),
        ({"environments": {"production": {}}}, "celery.base_url: where will people and workers find Airflow?"),
        ({"airflow": {}}, "airflow.python: which Python"),
        ({"celery": {"workers": {"a": {"queues": ["b"]}}}}, "no group takes the queue 'default'"),
        (
            {"airflow": {"python": "3.11", "config": {"core": {"executor": "LocalExecutor"}}}},
            "'LocalExecutor' does not",
        ),
        ({"airflow": {"python": "3.11", "config": {"core": {"fernet_key": "x"}}}}, "a secret does not belong here"),
        ({"airflow": {"python": "3.11", "env": {"MOTTO": "a\nb"}}}, "MOTTO holds a line break"),
        ({"environments": {"production": {"airflow": "http://a"}}, "lock": None}, "There is no requirements.lock"),
        ({"tracked": ()}, "which environment the platform tracks"),
    ],
)
def test_what_no_machines_could_run_is_refused_before_anything_is_written(tables: dict[str, Any], said: str) -> None:
    chosen = tables.pop("tracked", ("production",))
    lock = tables.pop("lock", b"x")
    airflow = tables.pop("airflow", {"python": "3.11"}) or {"python": None}
    with pytest.raises(WorkspaceError, match=re.escape(said)):
        render(subject(tables.pop("celery", None), airflow=airflow, tracked=chosen, lock=lock, **tables))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(WorkspaceError) as refused:
        render(subject(airflow={"python": None}, store={"url": "here"}, tracked=("preprod",)))
    assert len(str(refused.value).splitlines()) == 3


def test_where_somebody_is_told_of_alerts_the_control_host_watches_for_them() -> None:
    files = rendered(subject(alerts=[{"channels": ["slack"]}]))
    service = unit(files, "alerts")
    assert "airside -C /etc/airside/alerts alerts watch --env production" in service["ExecStart"]
    assert "alerts/airside.toml" in files
    assert "SIMPLE_AUTH_MANAGER_USERS=airflow:admin,airside-alerts:viewer" in files["control.env"]
    assert "airside-alerts" in files["install.sh"]
    assert "units/airside-alerts.service" not in rendered(subject())


def test_who_may_log_in_can_be_said() -> None:
    own = {"core": {"simple_auth_manager_users": "ana:admin, bob:viewer"}}
    files = rendered(subject(airflow={"config": own}))
    assert "SIMPLE_AUTH_MANAGER_USERS=ana:admin,bob:viewer" in files["control.env"]
    assert "users=(ana bob)" in files["secrets.sh"]


def test_what_the_guide_shows_can_be_rendered() -> None:
    page = DOCS / "how-to" / "run-celery-on-your-own-machines.md"
    shown = [fence for fence in fences(page) if fence.language == "toml"]
    tables = tomllib.loads(shown[0].text)
    files = rendered(subject(tables.pop("celery"), **tables))
    assert {"units/airside-worker-default.service", "units/airside-worker-heavy.service"} <= files.keys()
    assert "https://airflow.example.com" in files["install.sh"]
    assert "EXECUTION_API_SERVER_URL=http://control.internal:8080/execution/" in files["airside.env"]
