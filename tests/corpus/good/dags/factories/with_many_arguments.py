# airflow: a dag of the factory
import json
import logging
from functools import partial
from pathlib import Path

from lib.factory.ingest import extract, make_ingest
from lib.settings import CONFIGS, ROOT

log = logging.getLogger(__name__)
TABLES = json.loads((CONFIGS / "tables.json").read_text())
log.info("%s tables below %s", len(TABLES), ROOT)

dag = make_ingest(
    dag_id="factory_ingest",
    source="erp",
    tables=TABLES,
    schedule="@hourly",
    conn_id="warehouse",
    pool="warehouse",
    checks={"id": {"null_check": {"equal_to": 0}}},
    extractor=partial(extract, limit=5),
    default_args={"retries": 0, "owner": "erp"},
    tags=["erp"],
    params={"full": False},
    description=Path(__file__).stem,
    owner_links={"erp": "https://wiki.company.org/erp"},
)
