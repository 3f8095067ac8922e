"""What the authors of workflows import: `workflow`, `checks` and `report` (`from airside import …`)."""
