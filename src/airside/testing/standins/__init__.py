"""What connections of a test lead to: real databases, buckets and servers on this machine, clean for each test."""

from airside.testing.standins.kinds import KINDS, from_mapping

__all__ = ["KINDS", "from_mapping"]
