import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from reports import facts

from airside.checking.findings import Finding, in_order
from airside.checking.formats import FORMATS
from airside.checking.formats.text import lines, summary
from airside.checking.report import Report
from airside.checking.rules import RULES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("text", "text.txt"),
        ("json", "document.json"),
        ("sarif", "log.sarif"),
        ("github", "github.txt"),
        ("junit", "junit.xml"),
    ],
)
def test_what_other_programs_read_does_not_change_by_accident(report: Report, name: str, file: str) -> None:
    assert FORMATS[name](report, "flows/") == (GOLDEN / file).read_text()


@pytest.mark.parametrize("name", FORMATS)
def test_no_findings_have_a_form_as_well(clean: Report, name: str) -> None:
    assert FORMATS[name](clean, "").endswith("\n")


def test_a_command_of_github_is_one_line_whatever_the_message_holds(report: Report) -> None:
    commands = [line for line in FORMATS["github"](report, "").splitlines() if line.startswith("::")]
    assert len(commands) == len(report.findings)
    odd = next(line for line in commands if "import-error" in line)
    properties, message = odd.removeprefix("::error ").split("::")
    assert properties == "file=dags/a%2C b%3A c%25.py,line=3,title=import-error"
    assert message.startswith("Odd: 100 %25 wrong,%0Ait says")


def test_github_gets_errors_before_warnings(report: Report) -> None:
    kinds = [line.split(" ")[0] for line in FORMATS["github"](report, "").splitlines() if line.startswith("::")]
    assert kinds == sorted(kinds)


def test_junit_has_a_case_for_each_file_and_can_be_parsed(report: Report) -> None:
    suites = ET.fromstring(FORMATS["junit"](report, ""))  # noqa: S314 - our own text
    cases = suites.findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == ["dags/a, b: c%.py", "dags/good.py", "dags/orders.py", "lib/sums.py"]
    assert [len(case.findall("failure")) for case in cases] == [1, 0, 1, 0]
    assert suites.get("failures") == "2"
    assert suites.get("tests") == "4"
    assert "missing-connection" in (cases[2].findtext("failure") or "")
    assert "owner" in (cases[2].findtext("system-out") or "")
    assert "�[31m" in (cases[0].findtext("failure") or "")


def test_sarif_has_what_the_standard_demands(report: Report) -> None:
    log = json.loads(FORMATS["sarif"](report, "flows/"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note", "none"}
        if rule["id"] in RULES:
            assert rule["helpUri"] == RULES[rule["id"]].url
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"].startswith("flows/")
        assert not set(physical["artifactLocation"]["uri"]) & set(' ,"<>\\^`{|}')
        assert physical["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert physical["region"]["startLine"] >= 1
    prints = [result["partialFingerprints"]["airsideFinding/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_finding_keeps_its_fingerprint_when_the_code_above_it_grows(report: Report) -> None:
    from dataclasses import replace  # noqa: PLC0415

    moved = replace(report, findings=tuple(replace(f, line=f.line and f.line + 7) for f in report.findings))
    assert _fingerprints(moved) == _fingerprints(report)


def _fingerprints(report: Report) -> list[str]:
    (run,) = json.loads(FORMATS["sarif"](report, ""))["runs"]
    return [result["partialFingerprints"]["airsideFinding/v1"] for result in run["results"]]


def test_the_findings_of_a_workflow_stand_together(report: Report) -> None:
    text = [line.text for line in lines(report)]
    titles = [line for line in text if line and not line.startswith(" ")]
    assert titles == ["dags/a, b: c%.py", "orders", "lib/sums.py", "… and 3 more W291 (--verbose shows them)"]


def test_what_is_wrong_with_a_file_stands_with_its_only_workflow() -> None:
    findings = [
        Finding(rule="F401", severity="warning", file="dags/one.py", line=1, message="unused"),
        Finding(rule="owner", severity="warning", file="dags/one.py", line=2, message="none", workflow="one"),
        Finding(rule="F401", severity="warning", file="dags/two.py", line=1, message="unused"),
    ]
    report = Report(findings=in_order(findings), facts=(facts("dags/one.py", "one"), facts("dags/two.py", "a", "b")))
    assert [line.text for line in lines(report) if line.style == "bold"] == ["one", "dags/two.py"]


def test_a_rule_that_is_broken_everywhere_does_not_fill_the_screen() -> None:
    findings = [
        Finding(rule="owner", severity="warning", file=f"dags/d{number}.py", message="none", workflow=f"w{number}")
        for number in range(300)
    ]
    text = [line.text for line in lines(Report(findings=in_order(findings)))]
    assert sum("[owner]" in line for line in text) == 20
    assert text[-1] == "… and 280 more owner (--verbose shows them)"
    assert len(text) < 70


def test_a_long_list_is_cut_and_verbose_shows_all_of_it(report: Report) -> None:
    short, long = ([line.text for line in lines(report, verbose=verbose)] for verbose in (False, True))
    assert sum("W291" in line for line in short) == 6
    assert "… and 3 more W291 (--verbose shows them)" in short
    assert sum("W291" in line for line in long) == 8
    assert any("1.250 s" in line and "3.0 MiB" in line and "dags/orders.py" in line for line in long)


def test_the_last_line_says_it_all(report: Report, clean: Report) -> None:
    assert summary(clean) == "✔ 1 file, 1 workflow, no findings in 0.42 s"
    assert summary(report) == (
        "✘ 2 errors, 10 warnings in 3 files, 3 workflows (1.6 s; slowest: dags/orders.py, 1.2 s)"
    )
