"""Comments that ignore a rule."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.checking.findings import Finding, in_order
from airside.checking.suppressions import Judged, apply_suppressions

FILE = "dags/orders.py"
ALL = ("source", "import", "contract", "policy")


def _finding(rule: str, line: int | None, file: str = FILE) -> Finding:
    return Finding(rule=rule, severity="error", file=file, message="…", line=line)


def _left(
    text: str, *findings: Finding, groups: tuple[str, ...] = ALL, file: str = FILE
) -> list[tuple[str, int | None]]:
    judged = Judged(files={file}, groups=groups, own={"loads-have-owner"})
    texts = {file: dedent(text)}
    return [(finding.rule, finding.line) for finding in apply_suppressions(findings, texts.get, judged)]


def test_a_comment_at_the_end_of_the_line_ignores_the_rules_it_names() -> None:
    text = "x = 1  # airside: ignore[owner, F401] the platform sets it\ny = 2\n"
    assert _left(text, _finding("owner", 1), _finding("F401", 1)) == []
    assert _left(text, *[_finding("owner", 1), _finding("F401", 1), _finding("tags", 1)]) == [("tags", 1)]
    assert _left(text, _finding("owner", 1), _finding("F401", 1), _finding("owner", 2)) == [("owner", 2)]


def test_a_comment_alone_is_for_the_next_line_with_code() -> None:
    text = """\
        # airside: ignore[owner] the platform sets it
        # airside: ignore[tags] none yet

        x = 1
        y = 2
        """
    assert _left(text, _finding("owner", 4), _finding("tags", 4)) == []
    assert _left(text, _finding("owner", 5), _finding("tags", 4)) == [("unused-ignore", 1), ("owner", 5)]


def test_a_comment_is_for_all_lines_of_its_statement() -> None:
    text = """\
        load = BashOperator(  # airside: ignore[retries] it is idempotent only once
            task_id="load",
            bash_command='''
                echo {{ nothing }}
            ''',
        )  # airside: ignore[template-name] a macro of our plugin
        """
    assert _left(text, _finding("retries", 2), _finding("template-name", 4)) == []


def test_a_comment_at_the_head_of_a_block_is_not_for_what_is_in_it() -> None:
    text = """\
        # airside: ignore[owner] the platform sets it
        @dag(
            schedule=None,
        )
        def orders():  # airside: ignore[tags] none yet

            # what follows
            load()

        with DAG(
            "loads",
        ) as loads:  # airside: ignore[tags] none yet
            # what follows
            load()
        """
    assert _left(text, *(_finding("owner", n) for n in (2, 3)), *(_finding("tags", n) for n in (2, 5, 10))) == []
    inside = _left(text, _finding("owner", 8), _finding("tags", 14))
    assert {("owner", 8), ("tags", 14)} <= set(inside)


def test_a_comment_for_the_file_ignores_a_rule_everywhere_in_it() -> None:
    text = "# airside: ignore-file[import-slow, owner] reads a large model\nx = 1\n"
    assert _left(text, _finding("import-slow", None), _finding("owner", 2), _finding("owner", 1)) == []


def test_a_finding_about_the_whole_file_is_not_ignored_by_one_line() -> None:
    text = "x = 1  # airside: ignore[import-slow] why\n"
    assert _left(text, _finding("import-slow", None)) == [("import-slow", None), ("unused-ignore", 1)]


def test_a_string_is_no_comment() -> None:
    text = 'x = "# airside: ignore[owner] no"\ny = """\n# airside: ignore-file[owner] no\n"""\n'
    assert _left(text, _finding("owner", 1)) == [("owner", 1)]


def test_another_comment_on_the_line_does_not_matter() -> None:
    text = "import os  # noqa: F401  # airside: ignore[owner] see #12 # type: ignore\n"
    assert _left(text, _finding("owner", 1)) == []


@pytest.mark.parametrize(
    ("comment", "rule"),
    [
        ("# airside: ignore[owner] old", "unused-ignore"),
        ("# airside: ignore[F401] old", "unused-ignore"),
        ("# airside: ignore[loads-have-owner] old", "unused-ignore"),
        ("# airside: ignore-file[owner] old", "unused-ignore"),
        ("# airside: ignore[tags]", "ignore-reason"),
        ("# airside: ignore[tags] - ", "ignore-reason"),
        ("# airside: ignore[ownr] old", "unknown-rule"),
        ("# airside: ignore[] old", "unknown-rule"),
        ("# airside: ignore", "unknown-rule"),
    ],
)
def test_a_comment_that_is_not_right_is_a_finding(comment: str, rule: str) -> None:
    assert _left(f"x = 1  {comment}\n", _finding("tags", 1))[-1] == (rule, 1)


def test_every_unused_rule_of_a_comment_is_named() -> None:
    text = "x = 1  # airside: ignore[owner, tags, retries] none yet\n"
    assert _left(text, _finding("tags", 1)) == [("unused-ignore", 1)] * 2


def test_a_rule_that_was_not_applied_is_not_unused() -> None:
    text = "x = 1  # airside: ignore[missing-pool, owner] why\n"
    assert _left(text, groups=("source", "import", "policy")) == [("unused-ignore", 1)]
    assert _left(text, groups=("source", "import", "missing-pool")) == [("unused-ignore", 1)]
    assert _left(text, groups=("source",)) == []


def test_a_file_that_was_not_checked_has_no_unused_comment() -> None:
    found = (_finding("tags", 1),)
    judged = Judged(files=(), groups=ALL)
    assert apply_suppressions(found, {FILE: "x = 1  # airside: ignore[owner] why"}.get, judged) == found


def test_findings_about_comments_can_be_ignored_too() -> None:
    text = "# airside: ignore-file[ignore-reason] they are older than the rule\nx = 1  # airside: ignore[owner]\n"
    assert _left(text, _finding("owner", 2)) == []


@pytest.mark.parametrize(
    "text",
    [
        "def f(:  # airside: ignore[owner] why\n    x = '''\n",
        "x = 1  # airside: ignore[owner] why\n  y = 2\n z\n",
        "x = (  # airside: ignore[owner] why\n",
        "x = 1  # airside: ignore[owner] why\n\0",
        "type X[T] = list[T]  # airside: ignore[owner] why\n",
    ],
)
def test_a_file_that_python_cannot_read_keeps_its_comments(text: str) -> None:
    assert _left(text, _finding("owner", 1), _finding("invalid-syntax", 1)) == [("invalid-syntax", 1)]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("configs/orders.yaml", "url: http://x # airside: ignore[literal-secret] a local one\n"),
        ("configs/orders.yaml", "# airside: ignore[literal-secret] a local one\n\nurl: http://x\n"),
        ("airside.toml", 'url = "x"  # airside: ignore[literal-secret] a local one\n'),
        ("dags/orders.sql", "select 1 -- airside: ignore[literal-secret] a local one\n"),
        ("dags/orders.sql", "select 1 /* airside: ignore[literal-secret] a local one */\n"),
        ("dags/orders.sql", "{# airside: ignore-file[literal-secret] a local one #}\nselect 1\n"),
    ],
)
def test_other_files_have_comments_too(file: str, text: str) -> None:
    last = len(text.splitlines())
    assert _left(text, _finding("literal-secret", last, file), file=file) == []


def test_lines_that_end_in_a_carriage_return_are_counted_as_python_counts_them() -> None:
    assert _left("x = 1\r\ny = 2  # airside: ignore[owner] why\r\nz = 3\r", _finding("owner", 2)) == []
    assert _left("x = 1\ry = 2  # airside: ignore[owner] why\rz = 3\r", _finding("owner", 2)) == []


def test_a_file_without_text_keeps_its_findings() -> None:
    findings = (_finding("owner", 1), _finding("tags", None))
    assert apply_suppressions(findings, lambda _: None, Judged({FILE}, ALL)) == in_order(findings)


_RULES = st.sampled_from(["owner", "tags", "F401", "import-slow", "nonsense"])
_FINDINGS = st.builds(
    Finding,
    rule=_RULES,
    severity=st.just("error"),
    file=st.sampled_from([FILE, "configs/a.yaml"]),
    message=st.sampled_from(["a", "b"]),
    line=st.none() | st.integers(-1, 12),
)
_LINES = st.lists(
    st.sampled_from(
        [
            "x = 1", "def f(:", "'''", '"""', "(", ")", "    y = 2", "", "\0", "\r", "\f", "@dag(", "with a as b:",
            "if x:", "\\",
            "# airside: ignore[owner] why", "x = 1  # airside: ignore[tags,F401] why", "# airside: ignore-file[owner]",
            "'# airside: ignore[owner] why'", "# airside: ignore[[owner]] why", "# airside: ignore",
        ]
    )
    | st.text(max_size=12),
    max_size=12,
)  # fmt: skip


@given(lines=_LINES, findings=st.lists(_FINDINGS, max_size=6))
def test_no_text_raises_and_no_finding_is_lost_that_no_comment_names(lines: list[str], findings: list[Finding]) -> None:
    text = "\n".join(lines)
    left = apply_suppressions(findings, lambda _: text, Judged({FILE}, ALL))
    about = {"unused-ignore", "ignore-reason", "unknown-rule"}
    assert {finding for finding in left if finding.rule not in about} <= set(findings)
    lost = set(findings) - set(left)
    assert all(f"{finding.rule}" in text and "airside:" in text for finding in lost)
    if "ignore-file" not in text:
        assert all(finding.line is not None for finding in lost)


@given(findings=st.lists(_FINDINGS, max_size=6), rule=_RULES, line=st.integers(0, 5))
def test_exactly_the_findings_at_the_comment_are_lost(findings: list[Finding], rule: str, line: int) -> None:
    lines = [f"x = {number}" for number in range(6)]
    lines[line] += f"  # airside: ignore[{rule}] why"
    left = apply_suppressions(findings, lambda _: "\n".join(lines), Judged((), ()))
    expected = {finding for finding in findings if (finding.rule, finding.line) != (rule, line + 1)}
    assert {finding for finding in left if finding.rule != "unknown-rule"} == expected
