from pathlib import Path

import pytest

from airside.base.errors import UnknownEnvironmentError, WorkspaceError
from airside.workspace.workspace import open_workspace, store_location


def _refused(root: Path, text: str | bytes) -> str:
    (root / "airside.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(root)
    assert refused.value.hint
    return refused.value.message


def _with(line: str) -> str:
    return f'[workspace]\nname = "x"\n{line}\n'


def test_a_workspace_is_found_from_a_folder_deep_in_it(root: Path) -> None:
    (root / "dags" / "deep").mkdir()
    assert open_workspace(root / "dags" / "deep").root == root


def test_without_settings_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(tmp_path)
    assert "airside init" in (refused.value.hint or "")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="nowhere"):
        open_workspace(tmp_path / "nowhere")


def test_what_is_not_said_has_a_default(root: Path) -> None:
    settings = open_workspace(root).settings
    assert (settings.airflow.version, settings.platform.port, settings.store.url) == ("3.3.2", 8080, ".store")


def test_numbers_and_booleans_of_airflow_options_are_text(root: Path) -> None:
    text = _with("[airflow]\nconfig = { core = { parallelism = 8, load_examples = false } }")
    (root / "airside.toml").write_text(text)
    assert open_workspace(root).settings.airflow.config == {"core": {"parallelism": "8", "load_examples": "False"}}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('dag = "x"', "workspace.dag: unknown key (known: name, dags, include; did you mean 'dags'?)"),
        ("[environments.production]\ncolour = 1", "environments.production.colour: unknown key"),
        ("[stroe]", "did you mean 'store'?"),
        ("[environments.Prod]", "environments: 'Prod' cannot name an environment"),
        ("[airflow]\nversion = 3.3", "airflow.version: expected text in quotes, found 3.3"),
        ('[airflow]\nversion = "2.10.1"', "is not a version of Airflow from 3.3 on"),
        ('[airflow]\nenv = { "A B" = "1" }', "'A B' cannot name an environment variable"),
        ('[platform]\nport = "80"', "platform.port: expected a whole number, found '80'"),
        ("[platform]\nport = 70000", "platform.port: "),
        ('[platform]\nmismatch = "stop"', "platform.mismatch: expected 'warn', 'refuse' or 'ignore', found 'stop'"),
        ('[platform]\ndatabases = ["airflow"]', "'airflow' cannot name a database"),
        ('[secrets.vault]\nurl = "u"\ntoken = "t0p"', "secrets.vault: token: a secret does not belong here"),
        ("[secrets.vault]\nmount_point = 'x'", "secrets.vault: expected the url of the Vault"),
        ('include = "lib"', "workspace.include: expected a list, such as [\"lib\"], found 'lib'"),
        ('include = ["/etc"]', "workspace.include[0]: '/etc' is not a path inside the workspace: it is absolute"),
        ('include = ["../x"]', "'../x' is not a path inside the workspace"),
        ('include = [".airside"]', "'.airside' is not for workflows"),
        ('include = ["dags/sub"]', "'dags' and 'dags/sub' overlap"),
        ('include = ["libs"]', "workspace.include: there is no file or folder 'libs'"),
        ('dags = "workflows"', "workspace.dags: there is no folder 'workflows'"),
        ('dags = "README.md"', "workspace.dags: there is no folder 'README.md'"),
        ("x = ", "not valid TOML: Invalid value (at line 3, column 5)"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(root: Path, line: str, said: str) -> None:
    message = _refused(root, _with(line))
    assert message.startswith("airside.toml: ")
    assert said in message


def test_every_fault_is_listed(root: Path) -> None:
    message = _refused(root, '[workspace]\nname = "Not A Name"\ncolour = 1\n[platform]\nport = 0\n')
    assert len(message.splitlines()) == 3


def test_a_missing_name_is_named(root: Path) -> None:
    assert _refused(root, "[platform]\n") == "airside.toml: workspace: is missing"


def test_a_file_that_is_not_utf_8_is_named_with_its_line(root: Path) -> None:
    assert _refused(root, b'[workspace]\nname = "\xe9"\n') == "airside.toml: line 2 is not UTF-8"


def test_a_folder_in_place_of_the_settings_is_named(root: Path) -> None:
    (root / "airside.toml").unlink()
    (root / "airside.toml").mkdir()
    with pytest.raises(WorkspaceError, match="is a folder"):
        open_workspace(root)


def test_an_undeclared_environment_is_refused_with_the_known_ones(root: Path) -> None:
    settings = open_workspace(root).settings
    assert settings.environment("dev") is settings.environments["dev"]
    with pytest.raises(UnknownEnvironmentError, match=r"known: dev, production; did you mean 'production'\?"):
        settings.environment("producton")


@pytest.mark.parametrize(
    ("url", "location"),
    [(".store", "{root}/.store"), ("/data/store", "/data/store"), ("s3://bucket/prefix", "s3://bucket/prefix")],
)
def test_a_relative_store_lies_in_the_workspace(root: Path, url: str, location: str) -> None:
    (root / "airside.toml").write_text(_with(f'[store]\nurl = "{url}"'))
    assert store_location(open_workspace(root)) == location.format(root=root)
