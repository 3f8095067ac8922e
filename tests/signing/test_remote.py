"""Keys that a KMS holds: what can be said of them without one."""

from pathlib import Path

import pytest

from airside.base.errors import UsageError
from airside.signing.keyring import Keyring
from airside.signing.remote import find_remote, is_remote


@pytest.mark.parametrize("text", ["awskms:alias/a", "gcpkms:projects/p", "azurekms://v/keys/k", "hv:releases/3"])
def test_uris_of_securesystemslib_are_known(text: str) -> None:
    assert is_remote(text)


@pytest.mark.parametrize("text", ["", "hv", "hv:", "file2:/etc/key.pem", "hsm:1", "https://kms", "gnupg:ab", "ci"])
def test_other_uris_are_no_keys_in_a_kms(tmp_path: Path, text: str) -> None:
    assert not is_remote(text)
    with pytest.raises(UsageError, match="not the URI of a key"):
        Keyring(tmp_path / "keys").add("releases", text)


@pytest.mark.parametrize(
    ("uri", "module", "packages"),
    [
        ("hv:releases", "vault", "hvac"),
        ("awskms:alias/releases", "aws", "boto3"),
        ("gcpkms:projects/p", "gcp", "google-cloud-kms"),
        ("azurekms://vault/keys/releases", "azure", "azure-identity --with azure-keyvault-keys"),
    ],
)
def test_a_library_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, uri: str, module: str, packages: str
) -> None:
    monkeypatch.setattr(f"securesystemslib.signer._{module}_signer.{module.upper()}_IMPORT_ERROR", "missing")
    with pytest.raises(UsageError, match="which this Python has not") as caught:
        find_remote(uri)
    assert caught.value.hint == f"Install it beside airside: `uv tool install airside --with {packages}`."
