"""Runs in processes of their own: a workflow never touches the process of the test."""

from airside.testing.processes.asking import start, stop
from airside.testing.processes.running import run
from airside.testing.processes.source import Source

__all__ = ["Source", "run", "start", "stop"]
