"""Much that may be done while a file is imported."""

from __future__ import annotations

import csv
import functools
import getpass
import hashlib
import importlib
import importlib.metadata
import inspect
import logging
import logging.config
import mimetypes
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

import jinja2
import pandas as pd
import yaml
from airflow.configuration import conf
from airflow.sdk import dag, task

warnings.filterwarnings("ignore", category=FutureWarning)
sys.path.append(os.path.join(os.path.dirname(__file__), "..", "scripts"))
os.environ.setdefault("PANDAS_MODE", "fast")
os.environ["TOOL_HOME"] = "/opt/tool"
logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})

started = time.perf_counter()
HERE = Path(__file__).resolve().parent
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables.csv")) as file:
    TABLES = [row["table"] for row in csv.DictReader(file)]
FRAME = pd.read_csv(HERE / "tables.csv")
DOCS = {path.stem: path.read_text() for path in sorted((HERE.parent / "docs").glob("*.md"))}
LISTED = sorted(os.listdir(HERE.parent / "sales" / "sql"))
FOUND = [str(path) for path in HERE.rglob("*.csv")]
HASH = hashlib.md5((HERE / "tables.csv").read_bytes(), usedforsecurity=False).hexdigest()[:6]
BERLIN = ZoneInfo("Europe/Berlin")
WHO = (getpass.getuser(), socket.gethostname(), platform.system(), os.cpu_count())
VERSION = importlib.metadata.version("pandas").split(".")[0]
TEMPORARY = Path(tempfile.gettempdir()) / "work"
KIND = mimetypes.guess_type("x.csv")[0]
SQL = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE.parent / "sales"), autoescape=False).get_template("sql/macros.sql").render()
TEXT = Template("$a and $b").substitute(a=1, b=2)
SETTINGS = yaml.safe_load(resources.files("lib").joinpath("../configs/sales.yaml").read_text())
warehouse = importlib.import_module("lib.warehouse")
SOURCE = inspect.getsource(warehouse.Loader)
LOADS = conf.getboolean("core", "load_examples", fallback=False)
with ThreadPoolExecutor(2) as executor:
    SIZES = list(executor.map(len, TABLES))
log = logging.getLogger("airflow.task")
log.info("took %.2f s", time.perf_counter() - started)


@functools.cache
def slow():
    return subprocess.run(["true"], check=True).returncode


@dag(
    schedule=timedelta(days=1),
    start_date=datetime(2025, 1, 1, tzinfo=BERLIN),
    catchup=False,
    tags={"b", "a", "c", KIND, VERSION},
    doc_md=DOCS["files"],
)
def at_the_top():
    for table in TABLES:

        @task(task_id=f"load_{table}")
        def load(name):
            os.environ["CURRENT_TABLE"] = name
            print(os.environ["CURRENT_TABLE"], os.environ["PANDAS_MODE"] if "PANDAS_MODE" in os.environ else None, slow())
            return datetime.now().isoformat()

        load(table)

    @task
    def all_tables(ti=None):
        # `table` of the comprehension is its own.
        return [ti.xcom_pull(task_ids=f"load_{table}") for table in TABLES]

    all_tables()


table = "none"
workflow = at_the_top()
for name in TABLES:
    workflow.get_task("all_tables").set_upstream(workflow.get_task(f"load_{name}"))
