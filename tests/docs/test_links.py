"""Links, navigation and indexes lead to what is there."""

import re
from pathlib import Path

import pytest
from walkthrough import DOCS, ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in _LINK.findall(_prose(page)) if "://" not in link and not _leads(page, link)]
    assert broken == []


def _leads(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in _anchors(target)


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def _prose(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def test_the_navigation_names_every_page_of_ours_and_no_other() -> None:
    named = set(re.findall(r'"([\w./-]+\.md)"', (ROOT / "zensical.toml").read_text()))
    ours = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert named == ours


def test_every_decision_is_in_the_index_and_no_number_is_used_twice() -> None:
    records = sorted(path.name for path in (DOCS / "adr").glob("0*.md"))
    index = (DOCS / "adr" / "index.md").read_text()
    assert [name for name in records if f"]({name})" not in index] == []
    assert [name[:4] for name in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
