"""What cannot become a pipeline is refused in words, all faults at once, and without a secret in the message."""

from pathlib import Path

import pytest
from pipelines import AWS, GCP, SERVICES, rendered
from rendered_subject import SETTINGS

from airside.base.errors import WorkspaceError
from airside.workspace.reading import parse_settings

every_service = pytest.mark.parametrize("service", SERVICES)


def _refused(service: str, settings: str, *, store: str | None = None) -> str:
    with pytest.raises(WorkspaceError) as caught:
        rendered(service, settings, store=store)
    assert caught.value.hint is not None
    return caught.value.message


@every_service
@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ('[ci]\ndeploy = "preprof"', "ci.deploy: there is no environment 'preprof' (known: preprod, production"),
        ('[ci]\npromote = "live"', "ci.promote: there is no environment 'live' (known: preprod, production)"),
        (
            'require = ["approval:2"]',
            "ci.promote: 'production' requires approvals, which nobody can give in a pipeline",
        ),
        ('promote_from = ["preview"]', "ci.promote: 'production' takes releases from preview, and not from 'preprod'"),
        (
            'promote_from = ["preprod"]\n[ci]\ndeploy = "production"\npromote = ""',
            "ci.deploy: 'production' takes releases from preprod only, never by a deploy",
        ),
    ],
)
def test_environments_that_do_not_fit_are_refused(service: str, settings: str, fault: str) -> None:
    assert fault in _refused(service, settings)


@every_service
def test_a_store_that_ends_with_the_job_is_refused(service: str) -> None:
    assert "store.url: '.store' is a folder of the workspace" in _refused(service, "", store=".store")


@every_service
def test_a_secret_in_the_settings_is_refused_and_not_shown(service: str) -> None:
    message = _refused(service, '[airflow.config.core]\nfernet_key = "hunter2-canary"\n')
    assert "airflow.config.core.fernet_key: " in message
    assert "hunter2" not in message


@every_service
def test_all_faults_are_told_at_once(service: str) -> None:
    message = _refused(service, '[ci]\ndeploy = "one"\npromote = "two"\n', store="releases")
    assert len(message.splitlines()) == 3


@every_service
def test_accounts_of_a_provider_that_does_not_have_the_store_are_refused(service: str) -> None:
    assert "ci.aws: the store is no s3:// but 'gs://bucket/x'" in _refused(service, AWS, store="gs://bucket/x")
    assert "ci.gcp: the store is no gs:// but 's3://bucket/x'" in _refused(service, GCP, store="s3://bucket/x")


def test_jenkins_has_no_tokens() -> None:
    assert "ci.aws: Jenkins gives a job no token; use [ci.keys] and [ci.plan_keys]" in _refused("jenkins", AWS)


def test_circleci_gives_tokens_to_jobs_with_a_context() -> None:
    assert "ci.context" in _refused("circleci", '[ci]\ncontext = ""\n' + AWS)


@pytest.mark.parametrize(("service", "name"), [("github", "GITHUB_KEY"), ("gitlab", "a-key"), ("circleci", "a.key")])
def test_a_name_that_the_service_does_not_take_is_refused(service: str, name: str) -> None:
    assert f"ci: {name!r} cannot name a secret at" in _refused(service, f'[ci]\nsigning_key = "{name}"\n')
    assert name in rendered("jenkins", f'[ci]\nsigning_key = "{name}"\n')["Jenkinsfile"]


@every_service
def test_a_workspace_without_a_lock_file_is_refused(service: str) -> None:
    with pytest.raises(WorkspaceError, match=r"no requirements\.lock"):
        rendered(service, lock=False)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ('branch = "-x"', "ci.branch: expected the name of a branch, such as 'main', found '-x'"),
        ('branch = "a b"', "ci.branch: expected the name of a branch"),
        ('deploy = ""', "ci.deploy: expected some text"),
        ('deploy = "Pre Prod"', "ci.deploy: 'Pre Prod' cannot name an environment"),
        ('deploy = "production"', "ci: deploy and promote name the same environment, 'production'"),
        ('tag = "v1.2.3"', "ci.tag: expected a pattern with X.Y.Z, such as 'vX.Y.Z', found 'v1.2.3'"),
        ('tag = "vX.Y.Z; rm -rf /"', "ci.tag: expected a pattern with X.Y.Z"),
        ('folder = "../other"', "ci.folder: '../other' is not a path inside the repository"),
        ('python = "2.7"', "ci.python: expected a version of Python from 3.11 on, such as '3.12', found '2.7'"),
        ('runner = "${{ x }}"', "ci.runner: expected a runner, such as 'ubuntu-24.04'"),
        ("timeout = 0", "ci.timeout: expected at least 1, found 0"),
        ("timeout = 361", "ci.timeout: expected at most 360, found 361"),
        ('comment = "yes"', "ci.comment: expected true or false, found 'yes'"),
        ("brunch = 1", "ci.brunch: unknown key"),
        ('airflow = { username = "A" }', "ci.airflow: username and password go together"),
        ('keys = { "a b" = "A" }', "expected the name of an environment variable"),
        (
            'aws = { role = "admin", plan_role = "x", region = "Paris" }',
            "ci.aws.role: expected 'arn:aws:iam::<account>:role/",
        ),
        (
            'aws = { role = "admin", plan_role = "x", region = "Paris" }',
            "ci.aws.region: expected a region, such as 'eu-west-3'",
        ),
        (
            'gcp = { provider = "p", service_account = "me", plan_service_account = "me" }',
            "ci.gcp.provider: expected 'projects/",
        ),
    ],
)
def test_settings_are_refused_in_words(settings: str, fault: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_settings(f"{SETTINGS}[ci]\n{settings}\n".encode(), Path("airside.toml"))
    assert fault in caught.value.message
    assert "^" not in caught.value.message


@pytest.mark.parametrize(
    "key",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_a_key_in_place_of_its_name_is_refused_and_not_shown(key: str) -> None:
    for line in (
        f'signing_key = "{key}"',
        f'keys = {{ AWS_ACCESS_KEY_ID = "{key}" }}',
        f'airflow = {{ token = "{key}" }}',
    ):
        text = f"{SETTINGS}[ci]\n{line}\n"
        with pytest.raises(WorkspaceError) as caught:
            parse_settings(text.encode(), Path("airside.toml"))
        assert key not in str(caught.value)
        assert "expected the name" in caught.value.message
