import json
from pathlib import Path

TABLES = tuple(json.loads((Path(__file__).parents[2] / "configs" / "tables.json").read_text()))


def task_id(verb, noun):
    return f"{verb}_{noun}"
