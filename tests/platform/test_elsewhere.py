"""An Airflow that the settings name: asked what it runs, and waited for, from a machine where nothing of it runs."""

import json
from pathlib import Path

import pytest
import urllib3
from airflow_place import Place

from airside.base.digest import Digest
from airside.base.errors import PlatformError
from airside.platform.airflow_config import PASSWORD, USER
from airside.platform.api import AirflowClient

pytestmark = pytest.mark.platform


class Elsewhere(Place):
    """A workspace on another machine: it has the store and the address of an Airflow, and no Airflow."""

    def __init__(self, root: Path, served: Place) -> None:
        settings = (
            f'[workspace]\nname = "sales-flows"\ninclude = ["lib"]\n[store]\nurl = "{served.root / ".store"}"\n'
            f'[environments.production]\nairflow = "{served.platform().url}/"\n[environments.preprod]\n'
        )
        super().__init__(root, settings)
        (root / ".airside").mkdir()
        (root / ".airside" / "env").symlink_to(served.root / ".airside" / "env")
        self.write("requirements.lock", (served.root / "requirements.lock").read_text())
        self.commit()


@pytest.fixture
def elsewhere(served: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    monkeypatch.setenv("AIRSIDE_AIRFLOW_USERNAME", USER)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    monkeypatch.setenv("AIRSIDE_AIRFLOW_PASSWORD_FILE", str(tmp_path / "password"))
    return Elsewhere(tmp_path / "elsewhere", served)


def anonymous(served: Place, path: str) -> int:
    return urllib3.request("GET", f"{served.platform().url}{path}", timeout=30, retries=False).status


def test_the_plugin_tells_signed_in_users_alone_what_this_airflow_runs(served: Place) -> None:
    facts = served.client().platform()
    assert facts is not None
    assert facts.airflow == "3.3.2"
    assert facts.lock == Digest.of((served.root / "requirements.lock").read_bytes())
    assert facts.mismatches == {"production": "warn", "preprod": "warn"}
    document = served.client().session.call("GET", "/airside/v1/platform")
    assert {each["name"]: each["bundle"] for each in document["environments"]}.keys() == facts.mismatches.keys()
    assert anonymous(served, "/airside/v1/platform") == 401
    assert {anonymous(served, f"/airside/v1/{path}") for path in ("docs", "openapi.json", "redoc")} == {404}
    with pytest.raises(PlatformError, match="403"):
        AirflowClient(served.platform().url, token="none").platform()


@pytest.mark.slow
def test_a_move_waits_until_the_airflow_elsewhere_serves_the_release(served: Place, elsewhere: Elsewhere) -> None:
    url = served.platform().url
    moved = elsewhere.deploy("from elsewhere")
    assert moved["served"] is True
    assert {found.version for found in served.client().workflows("production")} == {moved["tree"]}
    assert moved["plan"]["platform"]["fits"] is True
    back = elsewhere.airside("rollback", "production")
    assert f"{url} serves it" in back.out
    assert elsewhere.airside("unpin", "production").code == 0


@pytest.mark.slow
def test_without_credentials_it_is_said_and_not_waited_for(
    served: Place, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRSIDE_AIRFLOW_USERNAME")
    elsewhere.write("lib/version.py", "VERSION = 'unwaited'\n")
    elsewhere.commit()
    done = elsewhere.airside("deploy", "production")
    assert "asks who you are, and is not waited for. Set AIRSIDE_AIRFLOW_USERNAME" in done.err
    assert f"{served.platform().url} was not waited for" in done.out
    wrong = elsewhere.airside("rollback", "production", "--wait", "0")
    assert "was not waited for" in wrong.out
    elsewhere.airside("unpin", "production")


@pytest.mark.slow
def test_a_user_who_may_only_read_is_enough_to_wait(
    served: Place, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = json.loads((served.root / ".airside" / "airflow" / "passwords.json").read_text())
    monkeypatch.setenv("AIRSIDE_AIRFLOW_USERNAME", "reader")
    monkeypatch.setenv("AIRSIDE_AIRFLOW_PASSWORD", passwords["reader"])
    elsewhere.write("lib/version.py", "VERSION = 'waited for by a reader'\n")
    elsewhere.commit()
    done = elsewhere.airside("deploy", "production")
    assert "it serves the release when it looks the next time" in done.err
    assert f"{served.platform().url} serves it" in done.out


@pytest.mark.slow
def test_whom_the_airflow_elsewhere_does_not_let_in_is_told_after_the_move(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRSIDE_AIRFLOW_PASSWORD", "wrong")
    elsewhere.write("lib/version.py", "VERSION = 'not let in'\n")
    elsewhere.commit()
    done = elsewhere.airside("deploy", "production", code=1)
    assert "points to release" in done.err
    assert "does not let the user in" in done.err


@pytest.mark.slow
def test_a_release_for_other_packages_is_in_the_plan_the_status_and_the_log(
    served: Place, elsewhere: Elsewhere
) -> None:
    elsewhere.write(
        "requirements.lock", "# Made for other packages\n" + (elsewhere.root / "requirements.lock").read_text()
    )
    elsewhere.write("lib/version.py", "VERSION = 'other packages'\n")
    elsewhere.commit()
    plan = elsewhere.airside("plan", "production", "--json").document["plan"]
    assert plan["platform"]["fits"] is False
    assert "its Airflow runs other Python packages" in plan["verdict"]["text"]
    assert plan["verdict"]["level"] == "careful"
    moved = elsewhere.airside("deploy", "production", "--json").document
    assert moved["served"] is True, "it warns, and serves it"
    told = elsewhere.airside("status", "--json").document["environments"][0]["airflow"]
    assert told["fits"] is False
    assert told["lock"] == Digest.of((served.root / "requirements.lock").read_bytes())
    assert "runs other Python packages" in elsewhere.airside("status").out
    log = (served.root / ".airside" / "logs" / "dag-processor.log").read_text()
    lines = [line for line in log.splitlines() if moved["release"] in line and "was built for" in line]
    assert len(lines) == 1, lines
    elsewhere.airside("rollback", "production")
    elsewhere.airside("unpin", "production")
