"""What the pipelines of all services do, and may."""

import re
from typing import Any

import pytest
from pipelines import AWS, GCP, SERVICES, document, rendered, scripts_of

MOVES = ".github/workflows/airside.yml"
PULL_REQUEST = ".github/workflows/airside-pull-request.yml"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

every_service = pytest.mark.parametrize("service", SERVICES)


def _scripts(service: str, settings: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for text in rendered(service, settings).values():
        found |= {name.lower(): script for name, script in scripts_of(service, text).items()}
    return found


def _all(service: str, settings: str = "") -> str:
    return "\n".join(rendered(service, settings).values())


def _script(service: str, what: str, settings: str = "") -> str:
    (found,) = [script for name, script in _scripts(service, settings).items() if name.startswith(what)]
    return found


@every_service
def test_the_files_are_where_the_service_looks_for_them(service: str) -> None:
    places = {
        "github": [PULL_REQUEST, MOVES],
        "gitlab": [".gitlab-ci.yml"],
        "circleci": [".circleci/config.yml"],
        "jenkins": ["Jenkinsfile"],
    }
    assert list(rendered(service)) == places[service]


@every_service
def test_a_pull_request_is_checked_tested_and_planned(service: str) -> None:
    commands = "\n".join(_scripts(service).values())
    for command in ("check --format", "test --junit airside-tests.xml", f"render {service} --check"):
        assert f'uvx --from "$AIRSIDE" airside {command}' in commands
    assert "airside plan preprod --format markdown > airside-plan.md" in _script(service, "plan")


@every_service
def test_the_branch_is_deployed_and_a_tag_promotes_the_release_of_its_commit(service: str) -> None:
    assert re.search(r"airside deploy preprod --yes --message \S+$", _script(service, "deploy"), re.MULTILINE)
    promotion = r'airside promote preprod production --commit "\$[A-Z0-9_]+" --yes --message \S+$'
    assert re.search(promotion, _script(service, "promote"), re.MULTILINE)


@every_service
def test_a_protected_environment_is_confirmed_by_its_name(service: str) -> None:
    settings = "protected = true\n"  # of the table that the settings end with, [environments.production]
    assert "--confirm production" in _script(service, "promote", settings)
    assert "--yes" in _script(service, "deploy", settings)


@every_service
def test_without_an_environment_to_promote_to_a_tag_does_nothing(service: str) -> None:
    text = _all(service, '[ci]\npromote = ""\n')
    assert "promote" not in text.lower()
    assert "tag" not in text.replace("stage", "").replace("buildingTag", "").lower()


@every_service
def test_secrets_are_applied_before_the_workflows_move_where_that_is_asked_for(service: str) -> None:
    script = _script(service, "deploy", "[ci]\nsecrets = true\n")
    assert script.index("airside secrets apply preprod --yes") < script.index("airside deploy preprod")
    assert "secrets apply" not in _all(service)


@every_service
def test_a_plan_has_keys_that_can_only_read_and_no_others(service: str) -> None:
    settings = '[ci]\nsigning_key = "SIGN_HERE"\nage_key = "OPEN_HERE"\n'
    secrets = {"SIGN_HERE", "OPEN_HERE", *KEYS, *(f"READER_{key}" for key in KEYS)}
    text = _all(service, settings)
    part = {
        "github": r"(?s)\n  plan:\n.*?\n  comment:",
        "gitlab": r"(?s)\nplan:\n.*?\ndeploy:",
        "circleci": r"(?s)\n  plan:\n.*?\n  deploy:",
        "jenkins": r"(?s)stage\('Plan'\).*?stage\('Deploy",
    }
    (plan,) = re.findall(part[service], text)
    how = {"github": r"secrets\.(\w+)", "jenkins": r"credentialsId: '(\w+)'"}.get(service, r"=\"\$\{(\w+):\?the secret")
    assert set(re.findall(how, plan)) == {f"READER_{key}" for key in KEYS}
    assert set(re.findall(how, text)) == secrets


@every_service
def test_the_checks_of_a_pull_request_get_no_secret(service: str) -> None:
    for name in ("check", "test"):
        scripts = [script for title, script in _scripts(service).items() if title.startswith(name)]
        assert not any("KEY" in script for script in scripts)
    if service == "github":
        verify = document(rendered(service)[PULL_REQUEST])["jobs"]["verify"]
        assert "secrets." not in str(verify)


@every_service
@pytest.mark.parametrize("url", ["gs://bucket/flows", "az://container/flows", "/mnt/releases"])
def test_each_kind_of_store_has_its_own_keys(service: str, url: str) -> None:
    text = "\n".join(rendered(service, store=url).values())
    assert ("GOOGLE_SERVICE_ACCOUNT_KEY" in text) == url.startswith("gs")
    assert ("AZURE_STORAGE_ACCOUNT_KEY" in text) == url.startswith("az")
    assert "AWS_" not in text


@every_service
def test_an_airside_that_is_not_published_is_installed_from_its_wheel(service: str) -> None:
    text = "\n".join(rendered(service, wheel=True).values())
    assert "wheels/airside-1.2.3-py3-none-any.whl" in text
    assert "airside==" not in text


# GitHub


def _jobs(path: str, settings: str = "") -> dict[str, Any]:
    return dict(document(rendered("github", settings)[path])["jobs"])


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it() -> None:
    uses = re.findall(r"uses: (.*)", _all("github", AWS) + _all("github", GCP))
    assert len(uses) > 10
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in uses)


def test_a_job_of_github_may_do_what_it_has_to_and_no_more() -> None:
    for path in (MOVES, PULL_REQUEST):
        assert document(rendered("github")[path])["permissions"] == {}
    for settings, token in (("", {}), (AWS, {"id-token": "write"}), (GCP, {"id-token": "write"})):
        rights = {
            name: job["permissions"] for path in (MOVES, PULL_REQUEST) for name, job in _jobs(path, settings).items()
        }
        assert rights == {
            "verify": {"contents": "read"},
            "plan": {"contents": "read", **token},
            "comment": {"pull-requests": "write"},
            "deploy": {"contents": "read", **token},
            "promote": {"contents": "read", **token},
        }


def test_the_job_that_may_comment_runs_nothing_of_the_pull_request() -> None:
    comment = _jobs(PULL_REQUEST)["comment"]
    assert not any("checkout" in step.get("uses", "") for step in comment["steps"])
    assert "comment" not in _jobs(PULL_REQUEST, "[ci]\ncomment = false\n")


def test_no_expression_is_part_of_a_script() -> None:
    for path in (MOVES, PULL_REQUEST):
        for job in _jobs(path, AWS).values():
            assert not any("${{" in step.get("run", "") for step in job["steps"])


def test_a_fork_gets_no_plan() -> None:
    assert "head.repo.full_name == github.repository" in _jobs(PULL_REQUEST)["plan"]["if"]
    plan = document(rendered("gitlab")[".gitlab-ci.yml"])["plan"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in plan["rules"][0]["if"]
    assert "env.CHANGE_FORK == null" in rendered("jenkins")["Jenkinsfile"]
    assert "CIRCLE_PR_NUMBER" in _script("circleci", "plan")


def test_what_deploys_takes_nothing_from_a_cache() -> None:
    caching = [
        (name, step["with"]["enable-cache"])
        for path in (PULL_REQUEST, MOVES)
        for name, job in _jobs(path).items()
        for step in job["steps"]
        if "setup-uv" in step.get("uses", "")
    ]
    assert caching == [("verify", True), *((name, False) for name in ("plan", "verify", "deploy", "promote"))]
    gitlab = document(rendered("gitlab")[".gitlab-ci.yml"])
    assert [name for name, job in gitlab.items() if isinstance(job, dict) and "cache" in job] == ["check and test"]


def test_moves_of_one_environment_wait_for_each_other_and_are_not_cancelled() -> None:
    for name, environment in (("deploy", "preprod"), ("promote", "production")):
        job = _jobs(MOVES)[name]
        assert job["environment"] == environment
        assert job["concurrency"] == {"group": f"airside-{environment}", "cancel-in-progress": False}
        gitlab = document(rendered("gitlab")[".gitlab-ci.yml"])[name]
        assert (gitlab["environment"]["name"], gitlab["resource_group"]) == (environment, f"airside-{environment}")
        assert gitlab["interruptible"] is False
    flows = document(rendered("circleci")[".circleci/config.yml"])["workflows"]
    assert flows["deploy"]["jobs"][1]["deploy"]["serial-group"] == "<< pipeline.project.slug >>/preprod"
    assert "disableConcurrentBuilds()" in rendered("jenkins")["Jenkinsfile"]


def test_roles_of_aws_are_taken_with_the_token_of_the_service() -> None:
    (taking,) = [step for step in _jobs(PULL_REQUEST, AWS)["plan"]["steps"] if "aws-actions" in step.get("uses", "")]
    assert taking["with"]["role-to-assume"].endswith("role/airside-reads")
    (taking,) = [step for step in _jobs(MOVES, AWS)["promote"]["steps"] if "aws-actions" in step.get("uses", "")]
    assert taking["with"]["role-to-assume"].endswith("role/airside-deploys")
    gitlab = document(rendered("gitlab", AWS)[".gitlab-ci.yml"])
    assert gitlab["plan"]["id_tokens"] == {"AIRSIDE_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert "id_tokens" not in gitlab["check and test"]
    for service in ("gitlab", "circleci"):
        assert "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/airside-reads" in _script(service, "plan", AWS)
        assert "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/airside-deploys" in _script(service, "deploy", AWS)
        assert "SECRET_ACCESS_KEY" not in _all(service, AWS)


# CircleCI


def test_a_tag_of_circleci_reaches_every_job_of_its_workflow_and_no_branch_does() -> None:
    jobs = document(rendered("circleci")[".circleci/config.yml"])["workflows"]["promote"]["jobs"]
    filters = [next(iter(job.values()))["filters"] for job in jobs]
    assert filters == [{"branches": {"ignore": "/.*/"}, "tags": {"only": r"/^v[0-9]+\.[0-9]+\.[0-9]+$/"}}] * 2
    assert jobs[0]["approve"]["type"] == "approval"
    assert jobs[1]["promote"]["requires"] == ["approve"]


def test_jobs_of_circleci_have_a_context_for_each_right() -> None:
    flows = document(rendered("circleci", '[ci]\ncontext = "flows"\n')[".circleci/config.yml"])["workflows"]
    contexts = [told.get("context") for flow in flows.values() for job in flow["jobs"] for told in job.values()]
    assert contexts == [None, "flows-plan", None, "flows-preprod", None, "flows-production"]


# Jenkins


def test_jenkins_asks_before_it_promotes_and_before_it_takes_an_agent() -> None:
    text = rendered("jenkins")["Jenkinsfile"]
    stage = text[text.index("stage('Promote to production')") :]
    assert stage.index("beforeInput true") < stage.index("input {") < stage.index("agent {")
    assert "input {" not in rendered("jenkins", "[ci]\napprove = false\n")["Jenkinsfile"]


def test_jenkins_runs_on_the_agents_that_have_the_label() -> None:
    text = rendered("jenkins", '[ci]\nagent = "linux"\n')["Jenkinsfile"]
    assert text.count("agent { label 'linux' }") == 4
    assert "docker" not in text
