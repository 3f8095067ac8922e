"""The names in secrets are read without a key, and never a value."""

from pathlib import Path

import pytest

from airside.base.errors import FindingsError
from airside.secrets.names import SecretNames, read_secret_names

SEALED = """\
connections:
    db:
        password: ENC[AES256_GCM,data:x]
variables:
    "2026-01-01": ENC[AES256_GCM,data:x]
    on: ENC[AES256_GCM,data:x]
sops:
    mac: x
"""


def test_names_come_from_the_base_and_from_the_environment(tmp_path: Path) -> None:
    assert read_secret_names(tmp_path, "preview/x") is None
    (tmp_path / "base.yaml").write_text("connections: {lake: {conn_type: s3}}\n")
    assert read_secret_names(tmp_path, "preview/x") == SecretNames(frozenset({"lake"}), frozenset())
    (tmp_path / "preview--x.yaml").write_text(SEALED)
    names = read_secret_names(tmp_path, "preview/x")
    assert names == SecretNames(frozenset({"lake", "db"}), frozenset({"2026-01-01", "on"}))


@pytest.mark.parametrize("text", ["", "connections:\nvariables:\n"])
def test_a_document_without_names_is_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.yaml").write_text(text)
    assert read_secret_names(tmp_path, "dev") == SecretNames()


@pytest.mark.parametrize("text", ["hunter2: [", "- hunter2", "hunter2", "connections: [hunter2]", "\x00hunter2"])
def test_what_is_no_document_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.yaml").write_text(text)
    with pytest.raises(FindingsError) as caught:
        read_secret_names(tmp_path, "dev")
    assert "dev.yaml" in caught.value.message
    assert "hunter2" not in str(caught.value)


def test_a_document_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dev.yaml").mkdir()
    with pytest.raises(FindingsError, match=r"dev\.yaml cannot be read"):
        read_secret_names(tmp_path, "dev")
