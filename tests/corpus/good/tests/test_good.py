import json
from pathlib import Path

CONFIGS = Path(__file__).parents[1] / "configs"


def test_orders_are_among_the_tables():
    assert "orders" in json.loads((CONFIGS / "tables.json").read_text())
