"""DAG files for tests of what inspection finds in them."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from airside.inspection.facts import Problem, WorkflowFacts
from airside.release.description import Need, NeedKind

HEAD = """\
from datetime import datetime, timedelta
from airflow.sdk import DAG, Asset, BaseHook, Connection, Variable, dag, task, task_group
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
"""


@dataclass(frozen=True)
class Flow:
    """The workflow of one DAG file, and the text of the file."""

    facts: WorkflowFacts
    text: str

    @property
    def here(self) -> list[int]:
        """The lines that end in the comment ``# here``."""
        return [number for number, line in enumerate(self.text.splitlines(), 1) if line.endswith("# here")]

    def needs(self, kind: NeedKind) -> list[Need]:
        return [need for need in self.facts.description.needs if need.kind == kind]

    def problems(self, rule: str) -> list[Problem]:
        return [problem for problem in self.facts.problems if problem.rule == rule]


ReadFlow = Callable[..., Flow]


def in_task(code: str) -> str:
    """A workflow with one TaskFlow task that has this code."""
    return f"""
with DAG("flow", schedule=None):
    @task
    def work(ti=None, **context):
{textwrap.indent(textwrap.dedent(code), " " * 8)}
    work()
"""


def in_dag(code: str) -> str:
    """A workflow with this code in its `with` block."""
    return f"""
with DAG("flow", schedule=None, params={{"size": 3}}) as flow:
{textwrap.indent(textwrap.dedent(code), " " * 4)}
"""
