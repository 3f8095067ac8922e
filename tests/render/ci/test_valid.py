"""Rendered pipelines are what the services take, in the eyes of the checkers that there are for them."""

from pathlib import Path

import pytest
from pipelines import AWS, GCP, SERVICES, groovy_faults, judged, rendered, scripts_of, written

CHOICES = {
    "defaults": "",
    "aws": AWS,
    "gcp": GCP,
    "all": """
[ci]
branch = "release/next"
deploy = "production"
promote = "preprod"
tag = "sales-vX.Y.Z"
folder = "flows/größe 1"
python = "3.13"
timeout = 90
approve = false
secrets = true
signing_key = "SIGNING_KEY"
age_key = "AGE_KEY"
keys = { AWS_ACCESS_KEY_ID = "STORE_ID", AWS_SECRET_ACCESS_KEY = "STORE_SECRET" }
plan_keys = {}
airflow = { username = "FLOW_USER", password = "FLOW_PASSWORD" }
""",
    "least": '[ci]\npromote = ""\ncomment = false\ncontext = ""\n',
}
SCHEMAS = {
    "github": ("vendor.github-workflows",),
    "gitlab": ("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    "circleci": ("vendor.circle-ci",),
}


def _files(folder: Path, service: str) -> list[Path]:
    return [
        path
        for name, settings in CHOICES.items()
        if service != "jenkins" or name not in {"aws", "gcp"}
        for path in written(folder / name, rendered(service, settings))
    ]


@pytest.mark.parametrize("service", SCHEMAS)
def test_a_pipeline_fits_the_schema_of_its_service(tmp_path: Path, service: str) -> None:
    assert judged("check-jsonschema", "--builtin-schema", *SCHEMAS[service], *_files(tmp_path, service)) == ""


def test_actionlint_and_zizmor_find_nothing_in_workflows_of_github(tmp_path: Path) -> None:
    files = _files(tmp_path, "github")
    assert len(files) == 2 * len(CHOICES)
    assert judged("actionlint", *files) == ""
    assert judged("zizmor", "--offline", "--persona=pedantic", "--strict-collection", *files) == ""


def test_what_zizmor_looks_for_would_be_found(tmp_path: Path) -> None:
    spoilt = {name: text.replace("$NUMBER", "${{ github.head_ref }}") for name, text in rendered("github").items()}
    assert "template-injection" in judged("zizmor", "--offline", *written(tmp_path, spoilt))


def test_a_jenkinsfile_is_groovy(tmp_path: Path) -> None:
    for path in _files(tmp_path, "jenkins"):
        assert groovy_faults(path.read_text()) == []
    assert groovy_faults(path.read_text().replace("stages {", "stages ")) != []


@pytest.mark.parametrize("service", SERVICES)
def test_shellcheck_finds_nothing_in_the_scripts(tmp_path: Path, service: str) -> None:
    files = _files(tmp_path / "files", service)
    scripts = [script for path in files for script in scripts_of(service, path.read_text()).values()]
    assert len(scripts) > 10
    paths = written(tmp_path / "scripts", {f"{number}.sh": script for number, script in enumerate(scripts)})
    assert judged("shellcheck", "--shell=bash", "--severity=style", *paths) == ""
