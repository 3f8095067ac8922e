"""Whatever an event holds, what is sent is within the limits of the channel, and no text of it is markup."""

import email.policy
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import ParamSpec

import pytest
from alert_samples import connections, mail_connection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from airside.alerts.channels import Mail, Request, address_of, requests_for
from airside.alerts.channels.pagerduty import bounded
from airside.alerts.event import Event, Kind
from airside.alerts.incident import Notice, State
from airside.alerts.plain import clean, fit
from airside.alerts.storm import Digest, Message
from airside.alerts.text import lines

P = ParamSpec("P")
SHAPES = Path(__file__).parent / "shapes"
NASTY = (
    "<!channel>", "<script>alert(1)</script>", "&lt;", "```", "*b* _i_ [x](http://evil)", "x\r\nBcc: eve@example.com",
    "\N{PILE OF POO}" * 400, "a" * 5000, "&" * 4000, "\ud800", "\x00\x1b[31m", "\u202egnp.exe", "{{DATE(2026)}}", "|>",
)  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=60))
names = texts.filter(clean)
urls = st.one_of(
    st.sampled_from(
        ["https://example.com/a?b=1&c=<d>|e", "javascript:alert(1)", "http://[", "https://x/" + "y" * 2500]
    ),
    texts,
)
moments = st.floats(0, 4e9)
events = st.builds(
    Event,
    st.sampled_from(Kind),
    names,
    moments,
    subject=texts,
    task=st.none() | texts,
    run=st.none() | texts,
    error=st.none() | texts,
    attempt=st.none() | st.integers(1, 99),
    owner=st.none() | texts,
    team=st.none() | texts,
    tags=st.just(("severity:critical",)) | st.just(()),
    release=st.none() | texts,
    commit=st.none() | texts,
    detail=st.none() | texts,
    links=st.dictionaries(st.sampled_from(["log", "run", "runbook"]) | texts, urls, max_size=8),
)
notices = st.builds(Notice, names, st.sampled_from(State), events, moments, st.integers(1, 10**6))
digests = st.builds(
    Digest,
    st.lists(notices, min_size=1, max_size=14).map(tuple),
    names,
    st.sampled_from(State),
    st.lists(names, max_size=3).map(tuple),
)
messages = st.one_of(notices, digests)


def hostile(text: str) -> Notice:
    """Return a notice all of whose texts are `text`."""
    event = Event(
        Kind.TASK_FAILED, text, 0.0, subject=text, task=text, run=text, error=text, owner=text, team=text,
        tags=(text,), release=text, commit=text, links={text: 'https://example.com/<x>|"y"'},
    )  # fmt: skip
    return Notice(text, State.BROKEN, event, 0.0)


def even_hostile(test: Callable[P, None]) -> Callable[P, None]:
    for text in filter(clean, NASTY):
        test = example(message=hostile(text))(test)
        test = example(message=Digest((hostile(text),), text, State.BROKEN))(test)
    return test


few = settings(max_examples=25, deadline=None)


def sent(kind: str, message: Message) -> list[Request]:
    made = requests_for(address_of(connections("https://example.com")[kind]), message, {})
    return [request for request in made if isinstance(request, Request)]


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("slackwebhook", "slack_message"),
        ("msteams", "teams_message"),
        ("pagerduty", "pagerduty_event"),
        ("alertmanager", "alertmanager_alerts"),
        ("https", "webhook"),
    ],
)
@few
@even_hostile
@given(message=messages)
def test_every_message_has_the_shape_of_its_channel(kind: str, shape: str, message: Message) -> None:
    validator = Draft202012Validator(json.loads((SHAPES / f"{shape}.json").read_text()))
    for request in sent(kind, message):
        assert not list(validator.iter_errors(json.loads(request.body)))


@few
@even_hostile
@given(message=messages)
def test_a_card_is_never_larger_than_teams_takes(message: Message) -> None:
    (request,) = sent("msteams", message)
    assert len(request.body) <= 28_000
    assert len(request.body.decode().encode("utf-16-le")) <= 28_000


def test_the_largest_digest_still_makes_a_card_that_teams_takes() -> None:
    loud = "\N{PILE OF POO}" * 5000
    event = Event(
        Kind.TASK_FAILED, loud, 0.0, subject=loud, task=loud, run=loud, error=loud, owner=loud, team=loud, release=loud,
        commit=loud, links={f"{n}": f"https://example.com/{n}" + "x" * 1900 for n in range(9)},
    )  # fmt: skip
    several = tuple(
        Notice(f"{n}", State.BROKEN, Event(Kind.RUN_FAILED, f"{n}{loud}", 0.0, f"{n}{loud}", links=event.links), 0.0)
        for n in range(50)
    )
    for message in (Notice("k", State.BROKEN, event, 0.0), Digest(several, "d", State.BROKEN)):
        test_a_card_is_never_larger_than_teams_takes.hypothesis.inner_test(message)  # type: ignore[attr-defined]


@few
@even_hostile
@given(message=messages)
def test_no_text_is_markup_in_slack(message: Message) -> None:
    (request,) = sent("slackwebhook", message)
    document = json.loads(request.body)
    found = [document["text"]]
    for block in document["blocks"][1:]:
        found += [text["text"] for text in block.get("fields", [block.get("text")])]
    for text in found:
        without_links = re.sub(r"<https?://[^<>|]+\|([^<>]*)>", r"\1", text)
        assert not set("<>") & set(without_links)
        assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", without_links, re.DOTALL)
        assert text.count("```") in {0, 2}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name == "href"]


@few
@even_hostile
@given(message=messages)
def test_no_text_is_markup_or_a_header_in_a_mail(message: Message) -> None:
    (mail,) = requests_for(address_of(mail_connection(25)), message, {})
    assert isinstance(mail, Mail)
    letter = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert set(letter.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.content.replace(b"\r\n", b"")
    html = letter.get_body(("html",))
    assert html is not None
    tags = _Tags()
    tags.feed(html.get_content())
    assert tags.tags <= {"html", "body", "h3", "pre", "table", "tr", "td", "ul", "li", "p", "a"}
    assert all(address.startswith(("http://", "https://")) for address in tags.addresses)


@given(text=texts, limit=st.integers(1, 100))
def test_what_is_fitted_is_short_enough_and_no_escape_is_cut(text: str, limit: int) -> None:
    fitted = fit(text, limit, lambda letter: "&amp;" if letter == "&" else letter)
    assert len(fitted.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert re.fullmatch(r"(?:[^&]|&amp;)*", fitted, re.DOTALL)
    assert fit(text, 10**6) == text


@given(text=texts)
def test_what_is_cleaned_is_one_line_that_can_be_written(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not set("\u202a\u202e\u2066\u2069\x00\x1b\x85") & set(cleaned)
    assert len(cleaned.splitlines()) <= 1
    assert clean(cleaned) == cleaned


@few
@given(notice=notices)
def test_lines_are_lines(notice: Notice) -> None:
    assert all(len(line.splitlines()) <= 1 for line in lines(notice))
    assert "\n".join(lines(notice)).encode()


@given(keys=st.lists(st.one_of(texts, texts.map(lambda end: "x" * 300 + end)), min_size=2, max_size=9, unique=True))
def test_keys_stay_different_and_short_enough(keys: list[str]) -> None:
    made = [bounded(key) for key in keys]
    assert len({*made}) == len(keys)
    assert all(len(key) <= 255 for key in made)
