"""The front page."""

import re

from walkthrough import ROOT

README = ROOT / "README.md"


def test_the_first_screen_of_the_readme_has_two_commands() -> None:
    screen = "\n".join(README.read_text().splitlines()[:30])
    assert re.findall(r"^```\w*\n(.*?)^```$", screen, re.MULTILINE | re.DOTALL) == ["make demo\n", "make test\n"]


def test_the_readme_shows_the_steps_that_the_demonstration_plays() -> None:
    journey = (ROOT / "src" / "airside" / "cli" / "demo" / "journey.py").read_text()
    played = re.findall(r'\.step\(f?"([^"]+)"', journey)
    table = README.read_text().split("| step | time | seen |\n|---|---|---|\n")[1].split("\n\n")[0]
    shown = [row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()]
    assert shown == [title.replace("{ENVIRONMENT}", "production") for title in played]
