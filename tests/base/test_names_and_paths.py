import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.names import bundle_name, is_environment_name, is_name
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
