import re
from collections.abc import Iterator

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from plan_reports import plan_of, report, side
from workflow_descriptions import task, workflow

from airside.planning.consequences import Consequences, RunInFlight
from airside.planning.escaping import code, html, plain, prose
from airside.planning.markdown import markdown
from airside.planning.report import Evidence
from airside.planning.text import text
from airside.release.record import Source

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "](https://evil.example) [click",
    "a | b | c",
    "\\| x `",
    "``` \n</details><h1>",
    "@everyone",
    "**bold** _em_ ~~gone~~",
    "\x1b[31mred\x1b[0m\r\n# title",
    "\u202egnp.exe",
    "&lt;b&gt;",
    "![x](http://evil.example/pixel.png)",
    "<!-- ",
    "$x^2$",
    "---",
]
hostile = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.sampled_from("`|\\<>!&*_[]()#@~-\n a"), min_size=1, max_size=12)
)


def tokens(source: str) -> Iterator[Token]:
    parser = MarkdownIt("gfm-like", {"linkify": False})
    for token in parser.parse(source):
        yield token
        yield from token.children or ()


def html_of(source: str) -> list[str]:
    return [token.content.strip() for token in tokens(source) if token.type in {"html_block", "html_inline"}]


@given(hostile)
@example("\\|")
@example("a | b")
@example("`")
def test_a_name_in_a_table_is_one_cell_of_code(name: str) -> None:
    found = list(tokens(f"| a | b |\n|---|---|\n| {code(name)} | end |\n"))
    cells = [token for token in found if token.type == "td_open"]
    assert len(cells) == 2
    assert [token.content for token in found if token.type == "inline"][-1] == "end"
    assert not {"link_open", "image", "strong_open", "em_open", "s_open"} & {token.type for token in found}
    assert {token.content for token in found if token.type == "html_inline"} <= {"<code>", "</code>"}


@given(hostile)
def test_what_is_shown_as_text_is_no_markup(name: str) -> None:
    found = {token.type for token in tokens(f"Refused: {prose(name)} and more")}
    assert found <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@given(hostile)
def test_what_is_shown_as_html_has_no_element_but_code(name: str) -> None:
    assert re.findall(r"<[^>]*>", html(name)) == ["<code>", "</code>"]


@given(st.text())
@example("\ud800")
def test_plain_text_has_one_line_that_a_terminal_only_shows(name: str) -> None:
    assert plain(name).isprintable()


def test_a_sentence_notifies_nobody_and_links_nowhere() -> None:
    assert "@everyone" not in prose("pinned by @everyone")
    assert "://" not in prose("see https://evil.example")


@given(hostile, hostile, hostile)
def test_no_name_or_message_breaks_out_of_a_plan(name: str, other: str, message: str) -> None:
    old = (workflow("orders", task(other)),)
    new = (msgspec.structs.replace(workflow("orders"), schedule=name, tags=(other,)), workflow(name, file="dags/x.py"))
    right = side(new, at=1, source=Source(commit="c" * 40, author=other, message=message))
    flying = (RunInFlight(workflow="orders", run=name),)
    contents = {"configs/a.yaml": (b"a: 1", f"a: {other!r}\n{name}".encode(errors="replace"))}
    evidence = Evidence(
        consequences=Consequences(reachable=True, in_flight=flying),
        contents=contents,
        refusals=(message,),
        show_source=True,
    )
    plan = plan_of(side(old), right, old, new, evidence)
    assert all(line.isprintable() for line, _ in text(plan))
    made = markdown(plan)
    found = {token.type for token in tokens(made)}
    assert not {"link_open", "image", "em_open", "s_open", "hr"} & found
    summaries = [line for line in html_of(made) if line not in {"<code>", "</code>", "</details>"}]
    assert all(re.fullmatch(r"<details><summary>[\w ]+</summary>", line) for line in summaries)


def test_a_plan_of_thousands_of_workflows_is_cut_and_stays_valid() -> None:
    old = [workflow(f"workflow_{number:04}", schedule="@daily") for number in range(3000)]
    new = [msgspec.structs.replace(each, schedule="@hourly") for each in old]
    plan = report(old, new)
    for limit in (65_000, 6_000, 1_500):
        made = markdown(plan, limit=limit)
        assert len(made) <= limit
        assert made.count("<details>") == made.count("</details>")
        assert len(re.findall(r"^```", made, re.MULTILINE)) % 2 == 0
        assert "There is more: `airside plan production` shows all of it." in made
        assert re.search(r"^\| … \| and \d+ more \| \|$", made, re.MULTILINE)


def test_a_plan_that_fits_exactly_is_not_cut() -> None:
    plan = report([workflow("orders")], [workflow("orders", schedule="@hourly")])
    whole = markdown(plan)
    assert "There is more" not in whole
    assert len(markdown(plan, limit=len(whole) - 1)) < len(whole)
