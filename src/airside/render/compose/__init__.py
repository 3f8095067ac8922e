"""The platform in containers on one machine: what docker-compose is given."""

from airside.render.compose.composing import render

__all__ = ["render"]
