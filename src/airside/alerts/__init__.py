"""Telling people what broke, once, and once when it is well again."""
