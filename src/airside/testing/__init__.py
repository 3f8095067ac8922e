"""Functional tests: run a workflow without a database or a server, and verify what each task did.

`from airside.testing import postgres, http, …` gives the stand-ins that a test hands to the fixture `dag_run`.
"""
