"""Run as a program in the Python of the workspace: import every DAG file as Airflow's dag processor does.

    python import_child.py ROOT RESULT

It writes lines of JSON to the file RESULT: the path of each file before it is imported, so that a crash can be
attributed, and one object at the end. It imports Airflow and the standard library only.

Unlike the dag processor, which gives each file its own process, all files share one: a file that leaves modules or
`sys.path` changed can help or harm the next.
"""

# ruff: noqa: PLC0415 - Airflow is imported when sys.path has been put right

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TextIO


def main(root: Path, result: TextIO) -> None:
    """Import the DAG files under `root`, and write what came of it."""
    from airflow.configuration import conf
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.dag_processing.importers import get_importer_registry
    from airflow.serialization.serialized_objects import DagSerialization

    _initialize()
    # Airflow's own modules may be cached; the tree stays as it is.
    sys.dont_write_bytecode = True
    safe_mode = conf.getboolean("core", "dag_discovery_safe_mode")
    bag = BundleDagBag(
        dag_folder=root, bundle_path=root, bundle_name="airside", load_op_links=False, collect_dags=False
    )
    errors: dict[str, str] = {}
    files = sorted(set(get_importer_registry().list_dag_files(str(root), safe_mode=safe_mode)))
    for file in files:
        _tell(result, os.path.relpath(file, root))
        try:
            bag.process_file(file, only_if_updated=False, safe_mode=safe_mode)
        except Exception:  # noqa: BLE001 - whatever Airflow lets through is a fault of this file
            errors[os.path.relpath(file, root)] = traceback.format_exc()
    for dag in bag.dags.values():
        try:
            # airflow/dag_processing/processor.py 3.3.2 does this next, and a failure is an import error.
            DagSerialization.to_dict(dag)
        except Exception:  # noqa: BLE001 - as above
            errors[os.path.relpath(dag.fileloc, root)] = traceback.format_exc()
    workflows = [[dag.dag_id, os.path.relpath(dag.fileloc, root)] for dag in bag.dags.values()]
    _tell(result, {"workflows": workflows, "errors": bag.import_errors | errors, "files": len(files)})


def _initialize() -> None:
    """Do what `airflow.settings.initialize` (3.3.2) does, but for logging, telemetry and the ORM."""
    from airflow import settings

    # Without these, custom timetables are unknown and the policies of the environment do not run.
    settings.configure_vars()
    settings.prepare_syspath_for_config_and_plugins()
    settings.load_policy_plugins(settings.get_policy_plugin_manager())
    settings.import_local_settings()


def _tell(result: TextIO, value: object) -> None:
    result.write(json.dumps(value) + "\n")
    result.flush()


if __name__ == "__main__":
    # Python puts this file's own folder first; a module there would shadow one of the workspace.
    del sys.path[0]
    with Path(sys.argv[2]).open("w", encoding="utf-8") as report:
        main(Path(sys.argv[1]), report)
    # Threads and exit handlers of what the DAG files imported are nobody's concern.
    os._exit(0)
