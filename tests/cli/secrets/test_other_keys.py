"""Documents whose keys are with Vault or PGP: sops does it all, and the rules of a team stay as they are."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from openbao import TOKEN, program, serve
from sealed import make_identity
from secret_place import Place


@pytest.fixture
def transit(tmp_path: Path) -> Iterator[str]:
    if program() is None:
        pytest.skip("no bao")
    (tmp_path / "bao").mkdir()
    with serve(tmp_path / "bao") as url:
        headers = {"X-Vault-Token": TOKEN, "Content-Type": "application/json"}
        for path, body in (("sys/mounts/transit", {"type": "transit"}), ("transit/keys/dev", {})):
            urllib3.request("POST", f"{url}/v1/{path}", body=json.dumps(body).encode(), headers=headers)
        yield f"{url}/v1/transit/keys/dev"


@pytest.fixture
def pgp(tmp_path: Path, place: Place) -> Iterator[str]:
    if shutil.which("gpg") is None:
        pytest.skip("no gpg")
    home = Path(f"/tmp/airside-gpg-{tmp_path.name[-12:]}-{tmp_path.stat().st_ino}")  # its socket needs a short path
    home.mkdir(mode=0o700)
    place.patch.setenv("GNUPGHOME", str(home))
    make = ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "ana@example.com", "rsa2048", "encr", "never"]
    subprocess.run(make, check=True, capture_output=True)
    listed = subprocess.run(["gpg", "--list-keys", "--with-colons"], check=True, capture_output=True, text=True).stdout
    yield next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
    shutil.rmtree(home, ignore_errors=True)


def _round(place: Place, rules: str) -> None:
    shutil.rmtree(place.root.parent / "configuration")  # no age key at all
    (place.root / ".sops.yaml").write_text(rules)
    assert place("set", "dev", "variables.a", stdin="hunter2").code == 0
    place.saves("# why\nvariables:\n    a: hunter2\n    b: x\n")
    assert place("edit", "dev").code == 0
    assert place("get", "dev", "variables.a", "--reveal").out == "hunter2\n"
    assert place("rotate", "dev").code == 0
    assert json.loads(place("check", "--json").out)["not_checked"] == {}
    assert place("check").code == 0
    assert (place.root / ".sops.yaml").read_text() == rules
    assert not (place.root.parent / "configuration").exists()


def test_keys_in_vault(place: Place, transit: str) -> None:
    place.patch.setenv("VAULT_TOKEN", TOKEN)
    rules = f"creation_rules:\n- hc_vault_transit_uri: {transit}  # ours\n"
    _round(place, rules)
    ben = make_identity()
    assert place("recipients", "add", "dev", ben.public, "--yes").code == 0
    assert place.values(who=ben)["variables"]["a"] == "hunter2"
    assert place("recipients", "remove", "dev", ben.public, "--yes").code == 0
    assert (place.root / ".sops.yaml").read_text().split() == rules.split()


def test_keys_of_pgp(place: Place, pgp: str) -> None:
    _round(place, f"creation_rules:\n  - pgp: {pgp}\n")
