import importlib.util
import re
import tempfile
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.base.errors import FindingsError
from airside.release import validation
from airside.release.ignoring import ignore_fault
from airside.release.source import SourceFile
from airside.release.validation import listing_faults, require_valid, tree_faults

GOOD = SourceFile("dags/a.py", b"")


def faults_of(*paths: str) -> list[str]:
    return tree_faults([GOOD, *(SourceFile(path, b"") for path in paths)])


def test_an_ordinary_workspace_may_ship() -> None:
    files = [GOOD, SourceFile(".airflowignore", b"/lib/\n"), SourceFile("lib/größe.py", b"")]
    require_valid(files, dags="dags")
    assert tree_faults(files, dags="dags") == []


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/..",
        "./a",
        "a//b",
        "a/",
        "a\x00b",
        "a\nb",
        "a\\b",
        "C:/x",
        "c:x",
        "name.",
        "name ",
        "dir./x",
        ".git/config",
        ".GIT/config",
        "a/.git",
        "__pycache__/a.pyc",
        "x" * 256,
        "ä" * 128,
        "/".join(["abcdefgh"] * 120),
        "cafe\u0301.py",
        "\ud800",
    ],
)
def test_a_hostile_path_may_not_ship(path: str) -> None:
    assert len(faults_of(path)) == 1


@pytest.mark.parametrize("path", ["?", "#", "a b/c", "…", "-rf", "~", "$(x)", "CON", "a;b", "🦆.py", ".hidden", "a..b"])
def test_an_odd_but_harmless_path_may_ship(path: str) -> None:
    assert faults_of(path) == []


@pytest.mark.parametrize(
    ("paths", "fault"),
    [
        (("lib/a", "lib/a"), "has the name of 'lib/a'"),
        (("lib/A.py", "lib/a.py"), "has the name of 'lib/A.py'"),
        (("LIB/a.py", "lib/a.py"), "has the name of 'LIB/a.py'"),
        (("straße", "STRASSE"), "has the name of 'straße'"),
        (("lib", "lib/a.py"), "'lib': it is a file, and the folder of 'lib/a.py'"),
        (("lib/x/y/z", "LIB"), "'LIB': it is a file, and the folder of 'lib/x/y/z'"),
    ],
)
def test_names_that_collide_on_some_file_system_may_not_ship(paths: tuple[str, ...], fault: str) -> None:
    (found,) = faults_of(*paths)
    assert fault in found


@pytest.mark.parametrize("files", [[], [SourceFile(".airflowignore", b"")], [SourceFile("dags/.airflowignore", b"")]])
def test_an_empty_tree_may_not_ship(files: list[SourceFile]) -> None:
    assert any("Airflow would drop every workflow" in fault for fault in tree_faults(files))


def test_a_tree_without_a_file_in_the_dags_folder_may_not_ship() -> None:
    with pytest.raises(FindingsError, match="no file below pipelines/"):
        require_valid([GOOD, SourceFile("pipelines.py", b"")], dags="pipelines")


def test_too_many_too_large_and_too_much_may_not_ship(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "MAX_FILES", 2)
    monkeypatch.setattr(validation, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(validation, "MAX_TREE_BYTES", 15)
    assert listing_faults([("a", 10), ("b", 5)]) == []
    assert listing_faults([("a", 11), ("b", 4), ("c", 1)]) == [
        "3 files are more than 2",
        "'a': it has 11 bytes, more than 10",
        "all files have 16 bytes, more than 15",
    ]


def test_the_error_lists_every_fault_up_to_twenty() -> None:
    files = [GOOD, *(SourceFile(f"../{number}", b"") for number in range(23))]
    with pytest.raises(FindingsError, match=r"'\.\./19'.*\n  and 3 more$") as caught:
        require_valid(files)
    assert caught.value.message.count("\n") == 21


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"ok\n\xff\n", "it is not UTF-8 at byte 3"),
        (b"ok\n\n!\n", "line 3: '!' is not a pattern"),
        (b"[z-a]\r\nok", "line 1: '[z-a]' is not a pattern"),
        (b"a\\", "line 1: 'a\\\\' is not a pattern"),
        (b"ok\r! # all", "line 2: '!' is not a pattern"),
    ],
)
def test_an_airflowignore_that_ends_the_dag_processor_may_not_ship(content: bytes, fault: str) -> None:
    (found_fault,) = tree_faults([GOOD, SourceFile("dags/sub/.airflowignore", content)])
    assert found_fault.startswith(f"dags/sub/.airflowignore: {fault}")


@pytest.mark.parametrize(
    "content", [b"", b"# only\n", b"/\n", b" / \n", b"*.txt\n!keep.txt\n/lib/\n", b"a[", "größe/".encode()]
)
def test_an_airflowignore_that_airflow_reads_may_ship(content: bytes) -> None:
    assert ignore_fault(content) is None


@given(st.lists(st.text("ab/*?[]!\\#- .^$(){}|+\r\n", max_size=8), max_size=4))
def test_what_passes_is_exactly_what_airflows_own_walk_survives(lines: list[str]) -> None:
    content = "\n".join(lines).encode()
    assert (ignore_fault(content) is None) is airflow_survives(content)


@given(st.binary(max_size=12))
def test_no_bytes_pass_that_end_airflows_walk(content: bytes) -> None:
    assert (ignore_fault(content) is None) is airflow_survives(content)


def airflow_survives(content: bytes) -> bool:
    """Walk a folder with this `.airflowignore` as the dag processor does."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (Path(folder) / "a").mkdir()
        (Path(folder) / "a/b.py").touch()
        (Path(folder) / ".airflowignore").write_bytes(content)
        try:
            list(_airflows_walk().find_path_from_directory(folder, ".airflowignore", "glob"))
        except (ValueError, re.error):
            return False
    return True


@cache
def _airflows_walk() -> ModuleType:
    """Load Airflow's module by its file: importing the package would set up a home folder for it."""
    package = importlib.util.find_spec("airflow")
    assert package
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "_shared/module_loading/file_discovery.py"
    spec = importlib.util.spec_from_file_location("airflows_file_discovery", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
