"""Bad input of every target: a clear word, exit code 2, and nothing written."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from folders import Folder

from airside.cli.commands.render import TARGETS
from airside.cli.main import run

SETTINGS = """\
[workspace]
name = "sales-flows"
[store]
url = "s3://releases/flows"
options = { endpoint = "https://s3.example.com" }
[logs]
url = "s3://logs/{environment}"
endpoint = "https://s3.example.com"
[airflow]
python = "3.11"
[environments.preprod]
airflow = "https://airflow.example.com"
[environments.production]
airflow = "https://airflow.example.com"
"""
PIPELINES = ("github", "gitlab", "circleci", "jenkins")
PLATFORMS = ("compose", "helm", "celery", "clevercloud")
ENV = ("--env", "production")
LITE = '[airflow.config.database]\nsql_alchemy_conn = "sqlite:////tmp/airflow.db"\n'


def _each(names: Sequence[str], settings: str, options: Sequence[str], said: str) -> list[tuple[str, list[str], str]]:
    return [(settings, [name, *options], said) for name in names]


CASES = [
    ("", ["kubernetes"], "kubernetes"),
    ("", ["composer"], "compose"),
    *_each([entry.name for entry in TARGETS], "", ["--fast"], "No such option"),
    *_each(PIPELINES, "", ENV, "No such option"),
    *_each(PLATFORMS, "", ["--env", "prodution"], "'prodution'"),
    ("", ["helm", *ENV, "--dag-source", "svn"], "svn"),
    *_each(PLATFORMS[1:], '[image]\nname = "r.example.com/flows"\n', [], "environment"),
    ('[helm]\nchart = "1.17.0"\n', ["helm", *ENV], "expected a version of the chart from 1.18.0"),
    ('[helm]\nchart = "2.0.0"\n', ["helm", *ENV], "expected a version of the chart from 1.18.0"),
    ('[helm]\nexecutor = "LocalExecutor"\n', ["helm", *ENV], "helm.executor"),
    ('[helm]\nexecutor = "CeleryExecutor,CeleryExecutor"\n', ["helm", *ENV], "names an executor twice"),
    (
        '[helm]\nexecutor = "CeleryExecutor"\nsecrets = { broker = "" }\n',
        ["helm", *ENV],
        "helm.secrets.broker: ",
    ),
    ('[helm]\nsecrets = { database = "" }\n', ["helm", *ENV], "helm.secrets.database: "),
    ('[compose]\nexecutor = "SequentialExecutor"\n', ["compose", *ENV], "compose.executor"),
    ('[clevercloud]\nexecutor = "KubernetesExecutor"\n', ["clevercloud", *ENV], "clevercloud.executor"),
    (LITE, ["compose", *ENV], "SQLite"),
    ('[ci]\nkeys = { AWS_ACCESS_KEY_ID = "" }\n', ["github"], "expected the name"),
    ('[ci]\ndeploy = "preprodd"\n', ["gitlab"], "did you mean 'preprod'"),
    ('[cii]\nbranch = "main"\n', ["jenkins"], "unknown key"),
    *_each(
        [*PIPELINES, *PLATFORMS],
        '[airflow.config.core]\nfernet_key = "hunter2-canary"\n',
        (),
        "a secret does not belong here",
    ),
]


@pytest.mark.parametrize(("settings", "arguments", "said"), CASES, ids=lambda value: str(value)[:50])
def test_bad_input_is_refused_in_words_and_nothing_is_written(
    settings: str, arguments: list[str], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(tmp_path / "flüge & Züge", SETTINGS + settings)
    folder.write("requirements.lock", "apache-airflow==3.3.2\n")
    if "a secret" in said and arguments[0] in PLATFORMS:
        arguments = [*arguments, *ENV]
    before = _files(folder.root)
    code = run(["-C", str(folder.root), "render", *arguments])
    printed = capfd.readouterr()
    assert (code, printed.out) == (2, "")
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert "hunter2" not in printed.err
    assert _files(folder.root) == before


def _files(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and ".git" not in path.parts}
