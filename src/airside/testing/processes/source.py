"""Where workflows come from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SETTINGS: Final = "airside.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the code of a workflow is.

    Attributes:
        root: The folder of the project: paths that are told are relative to it.
        dags_folder: Where Airflow looks for DAG files; in `root`, or `root` itself.
        dag_id: The workflow; None: what `Given` says.
        file: The DAG file, absolute; None: it is looked for.
        dag: A DAG object that the test has made itself: nothing is loaded.
        paths: Folders from which workflows import beside those that Airflow puts on `sys.path`.
    """

    root: Path
    dags_folder: Path
    dag_id: str | None = None
    file: Path | None = None
    dag: Any = None
    paths: tuple[Path, ...] = ()

    @property
    def import_root(self) -> Path:
        """The folder from which workflows import their modules: what Airflow puts on `sys.path`.

        Of a workspace that is its root, as of the release that it becomes; of another project the folder with DAG
        files, as of Airflow's own bundle `dags-folder`.
        """
        return self.root if (self.root / SETTINGS).is_file() else self.dags_folder
