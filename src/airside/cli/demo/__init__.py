"""The demonstration: the whole journey of a team, with real data, every step verified."""
