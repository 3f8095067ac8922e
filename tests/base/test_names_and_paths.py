import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.names import (
    bundle_name,
    command_line,
    environment_of_channel,
    is_channel,
    is_environment_name,
    is_name,
    readable,
    secrets_channel,
    told,
)
from airside.base.paths import folded, path_fault


@pytest.mark.parametrize("path", ["dags/a.py", "lib/été/naïve.py", "a b/c?#.py", ".airflowignore", "x" * 255])
def test_a_good_path_has_no_fault(path: str) -> None:
    assert path_fault(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "", "/x", "../x", "a/../b", "a//b", "./a", "a/.", "a\x00b", "a\nb", "a\\b", "C:x", "a.", "a ", "dir./x",
        ".git/config", ".GIT/config", "a/__pycache__/b.pyc", "x" * 256, "d/" * 600 + "x",
        unicodedata.normalize("NFD", "é"), "bad\udcff",
    ],
)  # fmt: skip
def test_a_path_that_could_leave_its_folder_or_collide_is_refused(path: str) -> None:
    assert path_fault(path) is not None


@given(st.text(min_size=1))
def test_a_path_without_fault_stays_inside(path: str) -> None:
    if path_fault(path) is None:
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        assert "" not in path.split("/")


def test_names_that_differ_in_case_or_form_only_are_folded_together() -> None:
    assert folded("Straße") == folded("STRASSE")


@pytest.mark.parametrize(
    ("name", "good"), [("sales-flows", True), ("a", True), ("A", False), ("-a", False), ("a..b", False)]
)
def test_names_of_workspaces(name: str, good: bool) -> None:
    assert is_name(name) is good


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("preview/my-branch", True),
        ("production", True),
        ("a/b/c", False),
        ("/a", False),
        ("..", False),
        ("a--b", False),
        ("a.json/b", False),
        ("a/b.json", True),
    ],
)
def test_names_of_environments(name: str, good: bool) -> None:
    assert is_environment_name(name) is good


def test_a_bundle_name_is_one_path_segment() -> None:
    assert bundle_name("preview/my-branch") == "preview--my-branch"


@pytest.mark.parametrize(
    "text", ["sha256-", "sha256-" + "g" * 64, "md5-" + "a" * 64, "sha256-" + "A" * 64, "sha256-" + "a" * 65]
)
def test_what_is_not_a_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        Digest.parse(text)


def test_a_digest_is_a_name_that_airflow_takes() -> None:
    digest = Digest.of(b"")
    assert digest == "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert len(digest) <= 200
    assert digest.short == "e3b0c442"


@given(
    st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,9}[a-z0-9])?(/[a-z0-9]{1,5})?", fullmatch=True).filter(is_environment_name)
)
def test_a_channel_is_of_one_environment_and_is_none_itself(environment: str) -> None:
    channel = secrets_channel(environment)
    assert is_channel(channel)
    assert not is_environment_name(channel)
    assert environment_of_channel(channel) == environment
    assert not is_channel(environment)
    assert environment_of_channel(environment) == environment


@pytest.mark.parametrize(
    "name", ["~secrets", "a~secret", "a~secrets~secrets", "A~secrets", "a/b/c~secrets", "a ~secrets"]
)
def test_what_only_looks_like_a_channel_is_none(name: str) -> None:
    assert not is_channel(name)
    assert environment_of_channel(name) == name


def test_a_channel_is_told_in_words() -> None:
    assert (told("preprod"), told("preprod~secrets")) == ("'preprod'", "the secrets of 'preprod'")
    assert (readable("preprod"), readable("preprod~secrets")) == ("preprod", "the secrets of preprod")
    assert command_line("history", "preprod") == "airside history preprod"
    assert command_line("history", "preprod~secrets") == "airside secrets history preprod"
    assert command_line("deploy", "preprod~secrets") == "airside secrets apply preprod"
