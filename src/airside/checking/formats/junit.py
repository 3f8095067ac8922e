"""The report as JUnit XML, the form in which most CI servers show results: a test case for each file."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from airside.checking.findings import Finding
from airside.checking.report import Report

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even escaped."""


def junit(report: Report, prefix: str = "") -> str:
    """Return the XML. A file with errors is a failure; warnings are its output."""
    by_file: Mapping[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_file[finding.file].append(finding)
    seconds = {facts.file: facts.seconds for facts in report.facts}
    files = sorted({*by_file, *seconds})
    failures = sum(any(finding.severity == "error" for finding in by_file[file]) for file in files)
    counts = {"tests": str(len(files)), "failures": str(failures), "errors": "0", "time": f"{report.seconds:.3f}"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "airside check", **counts, "skipped": "0"})
    for file in files:
        suite.append(_case(_clean(f"{prefix}{file}"), by_file[file], seconds.get(file, 0.0)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _case(file: str, findings: Sequence[Finding], seconds: float) -> ET.Element:
    case = ET.Element("testcase", {"classname": "airside.check", "name": file, "file": file, "time": f"{seconds:.3f}"})
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        # One element for all: readers differ in what they do with a second one.
        first = _clean(errors[0].message)
        message = first if len(errors) == 1 else f"{first} (and {len(errors) - 1} more)"
        failure = ET.SubElement(case, "failure", {"message": message, "type": errors[0].rule})
        failure.text = "\n".join(map(_line, errors))
    warnings = [finding for finding in findings if finding.severity == "warning"]
    if warnings:
        ET.SubElement(case, "system-out").text = "\n".join(map(_line, warnings))
    return case


def _line(finding: Finding) -> str:
    fix = f"\n  fix: {finding.fix}" if finding.fix else ""
    return _clean(f"{finding.place}: {finding.severity}: {finding.message} [{finding.rule}]{fix}")


def _clean(text: str) -> str:
    return _NO_XML.sub("�", text)
