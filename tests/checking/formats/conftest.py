import pytest
from reports import facts

from airside.checking.findings import Finding, in_order
from airside.checking.report import Report

ODD = 'Odd: 100 % wrong,\nit says <b>"a, b"</b> & \x1b[31m'


@pytest.fixture
def report() -> Report:
    """Every kind of finding: in a workflow, in a task, in a file, without a line, with odd characters, repeated."""
    findings = [
        Finding(
            rule="missing-connection",
            severity="error",
            file="dags/orders.py",
            line=12,
            column=5,
            message="The connection 'dwh' is not in preprod",
            fix="airside secrets edit preprod",
            url="https://airside.dev/docs/reference/rules/missing-connection/",
            workflow="orders",
            task="load",
        ),
        Finding(rule="owner", severity="warning", file="dags/orders.py", message="No owner", workflow="orders"),
        Finding(rule="import-error", severity="error", file="dags/a, b: c%.py", line=3, message=ODD),
        Finding(rule="F401", severity="warning", file="lib/sums.py", line=1, column=8, message="`os` is unused"),
        *(
            Finding(rule="W291", severity="warning", file="lib/sums.py", line=line, column=9, message="Trailing space")
            for line in range(10, 18)
        ),
    ]
    return Report(
        findings=in_order(findings),
        facts=(
            facts("dags/a, b: c%.py"),
            facts("dags/good.py", "good", "better"),
            facts("dags/orders.py", "orders", seconds=1.25),
        ),
        environment="preprod",
        stages={"source": 0.02, "import": 1.5, "contract": 0.001},
        seconds=1.61,
    )


@pytest.fixture
def clean() -> Report:
    return Report(facts=(facts("dags/good.py", "good"),), stages={"import": 0.4}, seconds=0.42)
