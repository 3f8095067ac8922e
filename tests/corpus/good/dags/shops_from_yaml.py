"""An airflow dag for each entry of configs/pipelines/shops.yaml."""

from __future__ import annotations

from pathlib import Path

import yaml

from lib.factory.ingest import make_ingest

CONFIG = Path(__file__).parent.parent / "configs" / "pipelines" / "shops.yaml"

for entry in yaml.safe_load(CONFIG.read_text())["pipelines"]:
    globals()[entry["id"]] = make_ingest(
        entry["id"],
        source=entry["connection"],
        tables=entry["tables"],
        schedule=entry["schedule"],
        pool=entry["pool"],
        tags=entry["tags"],
        doc_md=f"### {entry['id']}\nMade from `{CONFIG.name}`.",
    )
