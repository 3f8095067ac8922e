"""The databases behind the stand-ins: made, filled and read."""
