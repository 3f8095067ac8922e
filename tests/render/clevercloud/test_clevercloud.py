"""What is rendered for Clever Cloud is valid, says no secret, and is the same each time."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered_subject import subject

from airside.base.errors import WorkspaceError
from airside.render.clevercloud.files.variables import parsed, read_apps
from airside.render.clevercloud.rendering import render
from airside.render.overlays import with_overlays
from airside.render.paas.files import group, provided
from airside.render.rendered import RenderedFile
from airside.render.secret_names import SECRET_NAMES

CELLAR = "https://cellar-c2.services.clever-cloud.com"
BASE = f"""
[airflow]
python = "3.11"
[logs]
url = "s3://sales-logs/{{environment}}"
endpoint = "{CELLAR}"
"""
SETTINGS = f'{BASE}\n[clevercloud]\ndomain = "airflow.example.com"\n'
ALERTS = '\n[[alerts]]\nchannels = ["ops"]\n'


def rendered(settings: str = SETTINGS, trust: str | None = None) -> dict[str, RenderedFile]:
    return {file.path: file for file in render(subject(settings, target="clevercloud", trust=trust))}


def written(folder: Path, files: dict[str, RenderedFile]) -> Path:
    for path, file in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(file.text)
        (folder / path).chmod(0o755 if file.executable else 0o644)
    return folder


VARIANTS = {
    "plain": SETTINGS,
    "celery": f'{SETTINGS}executor = "CeleryExecutor"\nworkers = 3\norganisation = "My Org"\n',
    "alerts": SETTINGS + ALERTS,
    "elsewhere": f'{SETTINGS}cellar = ""\n',
    "debian": f'{SETTINGS}\n[image]\nbase = "debian:bookworm-slim"\n',
}
variants = pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS)


@variants
def test_shellcheck_and_hadolint_have_nothing_to_say(tmp_path: Path, settings: str) -> None:
    written(tmp_path, rendered(settings))
    programs = Path(sys.executable).parent
    for program, names in (("shellcheck", "*.sh"), ("hadolint", "Dockerfile")):
        command = [programs / program, *sorted(tmp_path.rglob(names))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@variants
def test_two_renderings_are_the_same_bytes(settings: str) -> None:
    assert rendered(settings) == rendered(settings)


@variants
def test_no_secret_is_in_a_file_of_variables(settings: str) -> None:
    names = {name.variable for name in SECRET_NAMES}
    files = rendered(settings)
    found = {name for path, file in files.items() if path.endswith(".env") for name in parsed(file.text)}
    assert not found & (names | {"AIRSIDE_PASSWORDS", "AIRSIDE_ALERTS_PASSWORD", "AWS_SECRET_ACCESS_KEY"})
    assert "CC_HEALTH_CHECK_PATH" in found


@variants
def test_no_variable_becomes_an_argument_of_the_image(settings: str) -> None:
    for path, file in rendered(settings).items():
        if path.endswith("Dockerfile"):
            assert not [line for line in file.text.splitlines() if line.startswith("ARG")]
            assert file.text.count("\nENTRYPOINT ") == file.text.count("\nCMD ") == 1


def test_programs_read_the_tables_that_are_rendered(tmp_path: Path) -> None:
    folder = written(tmp_path, rendered(VARIANTS["celery"] + ALERTS))
    table = provided.read_table(folder / "scheduler/app/provided.ini")
    assert table["database"]["password"] == "POSTGRESQL_ADDON_PASSWORD"
    assert table["redis"]["host"] == "REDIS_HOST"
    assert table["files"] == {"AIRSIDE_ALERTS_PASSWORD": "AIRSIDE_AIRFLOW_PASSWORD_FILE"}
    processes = group.read_table(folder / "scheduler/app/group.ini")
    assert [process.name for process in processes] == ["scheduler", "dag-processor", "triggerer", "alerts"]
    assert processes[-1].command[:3] == ["airside", "-C", "/opt/airflow/app/alerts"]
    assert (folder / "scheduler/app/alerts/airside.toml").is_file()
    apps = read_apps(folder)
    assert [app.alias for app in apps] == ["sales-flows-api", "sales-flows-scheduler", "sales-flows-worker"]
    assert apps[1].wanted["AIRSIDE_AIRFLOW_USERNAME"] == "airside-alerts"
    assert apps[0].wanted["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "airflow:admin,airside-alerts:viewer"


@pytest.mark.parametrize("part", ["api", "scheduler"])
def test_tasks_find_the_api_server_by_its_public_name(part: str) -> None:
    found = parsed(rendered()[f"{part}/{part}.env"].text)
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "https://airflow.example.com/execution/"
    assert found["AIRFLOW__API__BASE_URL"] == "https://airflow.example.com"


def test_another_base_url_may_be_named() -> None:
    files = rendered(f'{BASE}\n[clevercloud]\nbase_url = "https://flows.example.com:8443"\n')
    assert parsed(files["api/api.env"].text)["AIRFLOW__API__BASE_URL"] == "https://flows.example.com:8443"
    assert "domain add" not in files["create.sh"].text


def test_the_address_of_the_environment_will_do() -> None:
    settings = f'{BASE}\n[clevercloud]\n[environments.staging]\nairflow = "https://flows.example.com/"\n'
    [env] = [
        file.text
        for file in render(subject(settings, ("staging",), target="clevercloud"))
        if file.path == "scheduler/scheduler.env"
    ]
    assert parsed(env)["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "https://flows.example.com/execution/"


def test_signatures_are_demanded_where_the_workspace_demands_them() -> None:
    files = rendered(trust="keys = []\n")
    assert files["scheduler/app/trust.toml"].text == "keys = []\n"
    assert '"trust": "/opt/airflow/app/trust.toml"' in files["scheduler/scheduler.env"].text


def test_own_options_win_and_a_database_of_this_machine_does_not() -> None:
    own = '[airflow.config.core]\nparallelism = 8\n[airflow.config.database]\nsql_alchemy_conn = "sqlite:////a.db"\n'
    own += '[airflow.env]\nTZ = "UTC"\nAIRFLOW__DATABASE__SQL_ALCHEMY_CONN = "sqlite:////b.db"\n'
    found = parsed(rendered(SETTINGS + own)["scheduler/scheduler.env"].text)
    assert (found["AIRFLOW__CORE__PARALLELISM"], found["TZ"]) == ("8", "UTC")
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in found


def test_an_overlay_adds_a_variable() -> None:
    files = with_overlays(rendered().values(), {"api/api.env": "PGSSLMODE=require\n"}, "deploy/overlays/clevercloud")
    [env] = [file.text for file in files if file.path == "api/api.env"]
    assert parsed(env)["PGSSLMODE"] == "require"


@given(
    st.dictionaries(
        st.from_regex(r"OWN_[A-Z0-9_]{0,9}", fullmatch=True),
        st.text(st.characters(max_codepoint=0x24FF, exclude_characters="\0\n\r"), max_size=20),
        max_size=4,
    )
)
def test_any_variable_of_one_line_arrives_as_it_is(env: dict[str, str]) -> None:
    lines = "".join(f"{name} = {toml(value)}\n" for name, value in env.items())
    found = parsed(rendered(f"{SETTINGS}\n[airflow.env]\n{lines}")["api/api.env"].text)
    assert {name: found[name] for name in env} == env


def toml(text: str) -> str:
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"'


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (BASE, "clevercloud.domain"),
        (SETTINGS.replace(f'endpoint = "{CELLAR}"\n', ""), "logs.endpoint: airside.toml has to say where"),
        ('[airflow]\npython = "3.11"\n[clevercloud]\ndomain = "airflow.example.com"\n', "logs.url: the machines there"),
        (f'{SETTINGS}[airflow.config.core]\nexecutor = "KubernetesExecutor"\n', "'KubernetesExecutor' would win"),
        (f'{SETTINGS}[airflow.config.core]\nfernet_key = "abc"\n', "airflow.config.core.fernet_key: a secret"),
        (f'{SETTINGS}[airflow.env]\nMANY = "a\\nb"\n', "MANY: its value is not one line"),
    ],
)
def test_what_cannot_run_there_is_refused_by_name(settings: str, message: str) -> None:
    with pytest.raises(WorkspaceError, match=r"airside\.toml") as caught:
        rendered(settings)
    assert message in str(caught.value)


def test_all_faults_are_said_at_once() -> None:
    settings = '[airflow]\npython = "3.11"\n[clevercloud]\ndomain = "a.example.com"\n[airflow.config.core]\n'
    with pytest.raises(WorkspaceError) as caught:
        rendered(f'{settings}executor = "KubernetesExecutor"\n')
    assert len(str(caught.value).splitlines()) == 2


def test_without_an_environment_it_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="clevercloud needs to know which environment"):
        render(subject(SETTINGS, (), target="clevercloud"))
