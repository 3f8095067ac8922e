"""Secrets are published, looked back at and taken back from the command line, encrypted by the real sops."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import SETTINGS, Folder
from pyrage import x25519
from sealed import make_identity, seal
from signing_keys import pem_of, trust_text

from airside.base import clock
from airside.base.errors import LostRaceError
from airside.delivery.environments import environment_names
from airside.delivery.secret_documents import read_applied
from airside.store.folder import FolderStore

Airside = Callable[..., SimpleNamespace]
CANARY = "hunter2-canary"
SOPS = Path(sys.executable).parent / "sops"


@pytest.fixture(scope="session")
def recipient() -> str:
    return str(x25519.Identity.generate().to_public())


@pytest.fixture
def write(folder: Folder, recipient: str) -> Callable[..., None]:
    """Encrypt variables into a document of the workspace, and commit it."""

    def encrypted(environment: str, variables: dict[str, str], *, commit: bool = True) -> None:
        text = json.dumps({"variables": variables})
        command = [
            str(SOPS),
            "encrypt",
            "--input-type",
            "json",
            "--output-type",
            "yaml",
            "--age",
            recipient,
            "/dev/stdin",
        ]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        folder.write(f"secrets/{environment}.yaml", done.stdout.decode())
        if commit:
            folder.commit()

    return encrypted


def store_of(folder: Folder) -> FolderStore:
    return FolderStore(folder.root / ".store")


def applied(folder: Folder, environment: str = "preprod") -> dict[str, bytes]:
    return dict(read_applied(store_of(folder), environment) or {})


def test_the_documents_of_the_commit_are_published_as_they_are(
    folder: Folder, airside: Airside, write: Callable[..., None]
) -> None:
    write("base", {"region": "eu"})
    write("preprod", {"token": CANARY})
    done = airside("secrets", "apply", "preprod", "--yes", "--message", "first")
    assert done.code == 0, done.err
    assert "+ variables.region" in done.out
    assert "+ variables.token" in done.out
    assert "next: airside secrets history preprod" in done.out
    assert CANARY not in done.out + done.err
    names = ("secrets/base.yaml", "secrets/preprod.yaml")
    assert applied(folder) == {name: (folder.root / name).read_bytes() for name in names}
    assert environment_names(store_of(folder)) == []


def test_only_names_that_differ_are_shown_and_the_same_again_moves_nothing(
    airside: Airside, write: Callable[..., None]
) -> None:
    write("preprod", {"token": "a", "old": "b"})
    airside("secrets", "apply", "preprod", "--yes")
    again = airside("secrets", "apply", "preprod", "--yes")
    assert again.code == 0
    assert "Nothing to do: preprod has these secrets already" in again.out
    write("preprod", {"token": "c", "new": "d"})
    document = json.loads(airside("secrets", "apply", "preprod", "--yes", "--json").out)
    assert (document["added"], document["changed"], document["removed"]) == (
        ["variables.new"],
        ["variables.token"],
        ["variables.old"],
    )
    assert (document["environment"], document["generation"], document["moved"]) == ("preprod", 2, True)


def test_a_dry_run_writes_nothing(folder: Folder, airside: Airside, write: Callable[..., None]) -> None:
    write("preprod", {"token": "a"})
    shown = airside("secrets", "apply", "preprod", "--dry-run", "--json")
    assert json.loads(shown.out)["moved"] is False
    assert not applied(folder)
    assert not [key for key in folder.store_keys() if key.startswith(("packs/", "releases/"))]


def test_uncommitted_secrets_are_refused_unless_they_are_asked_for(
    folder: Folder, airside: Airside, write: Callable[..., None]
) -> None:
    write("preprod", {"token": "a"})
    write("preprod", {"token": "b"}, commit=False)
    refused = airside("secrets", "apply", "preprod", "--yes")
    assert refused.code == 3
    assert "'secrets/preprod.yaml'" in refused.err
    assert airside("secrets", "apply", "preprod", "--yes", "--allow-dirty").code == 0
    assert applied(folder)["secrets/preprod.yaml"] == (folder.root / "secrets/preprod.yaml").read_bytes()


def test_other_uncommitted_files_do_not_matter(folder: Folder, airside: Airside, write: Callable[..., None]) -> None:
    write("preprod", {"token": "a"})
    folder.write("dags/orders.py", "unfinished = (\n")
    assert airside("secrets", "apply", "preprod", "--yes").code == 0


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda _: f"variables:\n  token: {CANARY}\n", "is not encrypted by SOPS"),
        (lambda text: text.replace("variables:", f"variables:\n    clear: {CANARY}"), "in clear: variables.clear"),
        (lambda text: text.replace("    token:", f"    token: {CANARY}\n    token:"), "has the key 'token' twice"),
        (lambda text: f"{text}variables: {'[' * 3000}", "is not valid YAML"),
        (lambda text: f"{text}passwords:\n    root: {CANARY}\n", "unknown passwords"),
        (lambda text: f"<<<<<<< ours\n{text}=======\n{CANARY}\n>>>>>>> theirs\n", "marks of a merge"),
        (lambda text: f"{text}: [{CANARY}\n", "is not valid YAML"),
    ],
)
def test_what_is_not_encrypted_as_a_whole_is_refused_and_never_shown(
    folder: Folder, airside: Airside, write: Callable[..., None], spoil: Callable[[str], str], says: str
) -> None:
    write("preprod", {"token": "a"})
    path = folder.root / "secrets/preprod.yaml"
    path.write_text(spoil(path.read_text()))
    folder.commit()
    refused = airside("secrets", "apply", "preprod", "--yes", "--verbose")
    assert refused.code == 1
    assert "secrets/preprod.yaml" in refused.err
    assert says in refused.err
    assert CANARY not in refused.out + refused.err
    assert not applied(folder)


def test_what_was_tampered_with_is_refused_where_ones_key_fits(
    folder: Folder, airside: Airside, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", me.secret)
    sealed = seal(json.dumps({"variables": {"one": CANARY, "two": "x"}}), me).decode()
    folder.write("secrets/preprod.yaml", sealed)
    folder.commit()
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    before = applied(folder)
    folder.write("secrets/preprod.yaml", sealed.replace("data:", "data:AAAA", 1))
    folder.commit()
    refused = airside("secrets", "apply", "preprod", "--yes")
    assert refused.code == 5
    assert "variables.one was changed" in refused.err
    assert applied(folder) == before


def test_an_environment_without_a_document_says_how_to_make_one(airside: Airside) -> None:
    missing = airside("secrets", "apply", "preprod", "--yes")
    assert missing.code == 2
    assert "neither secrets/base.yaml nor secrets/preprod.yaml" in missing.err
    assert "airside secrets init preprod" in missing.err


def test_an_environment_that_is_not_declared_is_refused(airside: Airside) -> None:
    assert "declares no environment 'preprod~secrets'" in airside("secrets", "apply", "preprod~secrets").err
    assert "declares no environment" in airside("deploy", "preprod~secrets").err


def test_a_protected_environment_asks_for_its_name(
    folder: Folder, airside: Airside, write: Callable[..., None]
) -> None:
    folder.write(
        "airside.toml", SETTINGS.replace("[environments.production]", "[environments.production]\nprotected = true")
    )
    write("production", {"token": "a"})
    refused = airside("secrets", "apply", "production", "--yes")
    assert refused.code == 3
    assert "production is protected: change its secrets?" in refused.err
    assert airside("secrets", "apply", "production", "--confirm", "production").code == 0
    assert airside("secrets", "rollback", "production", "--yes").code == 3


def test_history_and_rollback_are_the_secrets_own(folder: Folder, airside: Airside, write: Callable[..., None]) -> None:
    versions = []
    for value in ("a", "b"):
        write("preprod", {"token": value})
        versions.append((folder.root / "secrets/preprod.yaml").read_bytes())
        airside("secrets", "apply", "preprod", "--yes", "--message", f"value {value}")
    back = airside("secrets", "rollback", "preprod", "--yes")
    assert back.code == 0, back.err
    assert "~ variables.token" in back.out
    assert applied(folder)["secrets/preprod.yaml"] == versions[0]
    history = json.loads(airside("secrets", "history", "preprod", "--json").out)
    assert [(entry["generation"], entry["action"]) for entry in history] == [
        (3, "rollback"),
        (2, "deploy"),
        (1, "deploy"),
    ]
    assert airside("history", "preprod").code == 2, "nothing was deployed to it"


def test_others_are_applied_in_place_of_damaged_ones(
    folder: Folder, airside: Airside, write: Callable[..., None]
) -> None:
    write("preprod", {"token": "a"})
    airside("secrets", "apply", "preprod", "--yes")
    (pack,) = (folder.root / ".store/packs").iterdir()
    pack.chmod(0o644)
    pack.write_bytes(b"damaged")
    write("preprod", {"token": "b"})
    done = airside("secrets", "apply", "preprod", "--yes")
    assert done.code == 0, done.err
    assert "Every name is shown as new" in done.err
    assert applied(folder)["secrets/preprod.yaml"] == (folder.root / "secrets/preprod.yaml").read_bytes()


def test_lists_of_releases_and_environments_show_no_secrets(airside: Airside, write: Callable[..., None]) -> None:
    write("preprod", {"token": "a"})
    airside("secrets", "apply", "preprod", "--yes")
    assert airside("deploy", "preprod", "--yes").code == 0
    assert "~secrets" not in airside("environments").out
    assert len(json.loads(airside("releases", "--json").out)) == 1


def test_doctor_verify_and_gc_name_the_secrets_of_an_environment(
    folder: Folder, airside: Airside, write: Callable[..., None]
) -> None:
    write("preprod", {"token": "a"})
    airside("secrets", "apply", "preprod", "--yes")
    assert "the secrets of preprod: release" in airside("doctor").out
    assert airside("gc", "--dry-run").code == 0
    assert airside("verify", "--all").code == 0
    (pack,) = (folder.root / ".store/packs").iterdir()
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:-1] + b"\0")
    damaged = airside("verify")
    assert damaged.code == 5
    assert "environments: the secrets of preprod" in damaged.out


@pytest.mark.parametrize("kind", ["packs", "trees"])
def test_lost_secrets_are_made_anew_from_their_commit(
    folder: Folder, airside: Airside, write: Callable[..., None], kind: str
) -> None:
    for name in ("base", "preprod", "dev"):
        write(name, {"token": name})
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    before = applied(folder)
    write("preprod", {"token": "later"})
    for lost in (folder.root / ".store" / kind).iterdir():
        lost.unlink()
    mended = airside("verify", "--all", "--repair", "--yes")
    assert mended.code == 0, mended.err
    assert applied(folder) == before


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the time gets a later one: what is done within one second has an order all the same."""
    seconds, start = count(), clock.now()
    monkeypatch.setattr("airside.base.clock.now", lambda: start + timedelta(seconds=next(seconds)))


def deploy_two(folder: Folder, airside: Airside) -> None:
    for number in range(2):
        folder.write("lib/numbers.py", f"NUMBER = {number}\n")
        folder.commit()
        assert airside("deploy", "preprod", "--yes").code == 0


@pytest.fixture
def served(folder: Folder, airside: Airside, write: Callable[..., None], ticking: None) -> Folder:
    """Preprod has served two releases; its secrets changed after them."""
    write("preprod", {"token": "a"})
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    deploy_two(folder, airside)
    write("preprod", {"token": "b"})
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    return folder


def test_a_rollback_leaves_the_secrets_and_says_so(served: Folder, airside: Airside) -> None:
    before = applied(served)
    back = airside("rollback", "preprod", "--yes")
    assert back.code == 0, back.err
    assert "Its secrets stay at generation 2" in back.out
    assert "they were at 1: --with-secrets takes them back" in " ".join(back.out.split())
    assert applied(served) == before


def test_a_rollback_with_secrets_moves_both(served: Folder, airside: Airside) -> None:
    before = applied(served)
    back = json.loads(airside("rollback", "preprod", "--with-secrets", "--yes", "--json").out)
    assert back["action"] == "rollback"
    assert back["moved"] is True
    assert back["secrets"] == {"moved": True, "generation": 3, "then": 1}
    assert applied(served) != before
    again = json.loads(airside("secrets", "history", "preprod", "--json").out)
    assert again[0]["restores"] == 1


def test_secrets_that_are_those_of_then_are_not_moved(served: Folder, airside: Airside) -> None:
    assert airside("secrets", "rollback", "preprod", "--yes").code == 0
    before = applied(served)
    back = json.loads(airside("rollback", "preprod", "--with-secrets", "--yes", "--json").out)
    assert back["moved"] is True
    assert "secrets" not in back
    assert applied(served) == before


def test_damaged_secrets_do_not_keep_workflows_from_going_back(served: Folder, airside: Airside) -> None:
    (served.root / ".store/environments/preprod~secrets.json").write_bytes(b"{}")
    assert airside("rollback", "preprod", "--with-secrets", "--yes").code == 5
    back = airside("rollback", "preprod", "--yes")
    assert back.code == 0, back.err
    assert "Whether its secrets have changed cannot be told" in back.err


def test_a_dry_run_of_both_moves_neither(served: Folder, airside: Airside) -> None:
    before = applied(served)
    shown = airside("rollback", "preprod", "--with-secrets", "--dry-run")
    assert "~ variables.token" in shown.out
    assert applied(served) == before


@pytest.mark.usefixtures("ticking")
def test_secrets_that_there_were_none_of_then_cannot_come_back(
    folder: Folder, airside: Airside, write: Callable[..., None]
) -> None:
    deploy_two(folder, airside)
    write("preprod", {"token": "a"})
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    before = airside("history", "preprod", "--json").out
    refused = airside("rollback", "preprod", "--with-secrets", "--yes")
    assert refused.code == 3
    assert "it had no secrets in the store" in refused.err
    assert airside("history", "preprod", "--json").out == before
    assert airside("rollback", "preprod", "--yes").code == 0


def test_workflows_go_back_and_secrets_that_somebody_moves_meanwhile_do_not(
    served: Folder, airside: Airside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise LostRaceError("ben moved the secrets of 'preprod' first")

    monkeypatch.setattr("airside.cli.secrets_back.activate", lose)
    before = applied(served)
    half = airside("rollback", "preprod", "--with-secrets", "--yes")
    assert half.code == 3
    assert "preprod was rolled back, and its secrets were not: ben moved" in half.err
    assert "airside secrets rollback preprod --to 1" in half.err
    assert applied(served) == before
    assert json.loads(airside("history", "preprod", "--json").out)[0]["action"] == "rollback"


@pytest.fixture
def demanding(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Ana moves preprod, and releases there take her signature and Ben's."""
    keys = tmp_path / "configuration" / "airside" / "keys"
    folder.write("trust.toml", trust_text({"preprod": {"releases": ["ana", "ben"], "threshold": 2, "moves": ["ana"]}}))
    folder.commit()
    keys.mkdir(mode=0o700, parents=True)
    for name in ("ana", "ben"):
        path = keys / f"{name}.pem"
        path.write_bytes(pem_of(name))
        path.chmod(0o600)
    monkeypatch.setenv("AIRSIDE_SIGNING_KEY", str(keys / "ana.pem"))
    return folder


def test_secrets_that_take_two_signatures_are_published_signed_and_applied(
    demanding: Folder, airside: Airside, write: Callable[..., None], tmp_path: Path
) -> None:
    write("preprod", {"token": "a"})
    refused = airside("secrets", "apply", "preprod", "--yes")
    assert refused.code == 3
    assert "airside secrets apply preprod --publish-only" in refused.err
    published = json.loads(airside("secrets", "apply", "preprod", "--publish-only", "--json").out)
    assert published["moved"] is False
    release = published["release"]
    pem = tmp_path / "configuration/airside/keys/ben.pem"
    signed = airside("sign", release, "--key", str(pem), "--yes")
    assert signed.code == 0, signed.err
    assert "encrypted secrets" in signed.out
    done = airside("secrets", "apply", "preprod", "--release", release, "--yes")
    assert done.code == 0, done.err
    assert applied(demanding)


def test_a_plan_goes_by_what_is_applied(folder: Folder, airside: Airside, write: Callable[..., None]) -> None:
    write("preprod", {"other": "a"})
    folder.write(
        "dags/orders.py",
        "from airflow.sdk import Variable, dag, task\n\n\n@dag(schedule=None)\ndef orders():\n    @task\n"
        "    def read() -> str:\n        return Variable.get('token')\n\n    read()\n\n\norders()\n",
    )
    airside("secrets", "apply", "preprod", "--yes", "--allow-dirty")
    write("preprod", {"other": "a", "token": "b"})
    waiting = airside("plan", "preprod")
    assert "variable token" in waiting.out
    assert "not applied yet: airside secrets apply preprod" in waiting.out
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    assert "variable token" not in airside("plan", "preprod").out.partition("The environment lacks")[2]
