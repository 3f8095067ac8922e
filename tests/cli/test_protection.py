"""`[environments.<name>]`: protected, promote_from, require."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from folders import Folder
from planned_moves import PASSED, Place
from signing_keys import pem_of, signer, trust_text

from airside.base.errors import RefusedError
from airside.cli.context import Context
from airside.cli.output import Output
from airside.cli.protection import refusals, require_permitted
from airside.delivery.environments import read_current, require_current
from airside.delivery.moves import Request, propose_release
from airside.release.record import Check

Airside = Callable[..., SimpleNamespace]
SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]
[environments.dev]
[environments.preprod]
[environments.production]
"""
RULES: dict[str, Mapping[str, object]] = {"production": {"releases": ["ci"], "moves": ["ana"]}, "*": {"unsigned": True}}


@pytest.fixture
def place(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A release of CI serves in preprod; Ana is at the keyboard."""
    place = Place(folder)
    protect(place)
    folder.write("trust.toml", trust_text(RULES))
    folder.commit()
    place.deploy(place.release("ci"), "preprod")
    monkeypatch.setenv("AIRSIDE_SIGNING_KEY", pem_of("ana").decode())
    return place


def protect(place: Place, *lines: str) -> None:
    place.folder.write("airside.toml", "\n".join((SETTINGS.rstrip(), *lines, "")))


def next_release(place: Place, *people: str, checks: tuple[Check, ...] = PASSED) -> str:
    """Let preprod serve a new release, and return its id."""
    place.folder.write("lib/sums.py", f"number = {place.now.second}\n")
    release = place.release(*people, checks=checks)
    place.deploy(release, "preprod")
    return release.record.id


def served(place: Place, environment: str = "production") -> str | None:
    current = read_current(place.store, environment)
    return current.pointer.release if current else None


def promote(airside: Airside, *options: str) -> SimpleNamespace:
    return airside("promote", "preprod", "production", "--wait", "0", *options)


def type_in(place: Place, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a verb at a terminal, and type `text`."""
    ours, its = os.openpty()
    os.write(ours, f"{text}\n".encode())
    command = [sys.executable, "-m", "airside", "-C", str(place.folder.root), *arguments]
    try:
        return subprocess.run(command, stdin=its, capture_output=True, text=True, timeout=60, check=False)
    finally:
        os.close(ours)
        os.close(its)


def test_an_environment_that_is_not_protected_takes_a_yes(airside: Airside, place: Place) -> None:
    assert promote(airside, "--yes").code == 0
    assert served(place) == served(place, "preprod")


def test_yes_alone_does_not_move_a_protected_environment(airside: Airside, place: Place) -> None:
    protect(place, "protected = true")
    for options in ((), ("--yes",), ("--yes", "--json")):
        refused = promote(airside, *options)
        assert refused.code == 3
        assert "--confirm production" in refused.err + refused.out
    assert served(place) is None


def test_its_name_moves_a_protected_environment(airside: Airside, place: Place) -> None:
    protect(place, "protected = true")
    assert promote(airside, "--confirm", "production").code == 0
    assert served(place) == served(place, "preprod")


def test_the_name_of_another_environment_does_not(airside: Airside, place: Place) -> None:
    for lines in ((), ("protected = true",)):
        protect(place, *lines)
        refused = promote(airside, "--confirm", "preprod", "--yes")
        assert refused.code == 2
        assert "would move 'production'" in refused.err
    assert served(place) is None


def test_the_name_is_typed_at_a_terminal_whatever_yes_says(place: Place) -> None:
    protect(place, "protected = true")
    arguments = ("promote", "preprod", "production", "--wait", "0", "--yes")
    for typed in ("y", "", "Production", "preprod"):
        done = type_in(place, typed, *arguments)
        assert done.returncode == 3, done.stderr
        assert "production is protected: promote to it? Type its name" in done.stderr
    assert served(place) is None
    done = type_in(place, "production", *arguments)
    assert done.returncode == 0, done.stderr
    assert served(place) == served(place, "preprod")


def test_an_unprotected_environment_asks_for_a_yes_at_a_terminal(place: Place) -> None:
    arguments = ("promote", "preprod", "production", "--wait", "0")
    assert type_in(place, "n", *arguments).returncode == 3
    assert type_in(place, "y", *arguments).returncode == 0


def test_a_release_comes_only_from_where_it_may(airside: Airside, place: Place) -> None:
    protect(place, 'promote_from = ["preprod"]')
    other = place.release("ci")
    place.deploy(other, "dev")
    refused = airside("promote", "dev", "production", "--yes", "--wait", "0")
    assert refused.code == 3
    assert f"Release {other.record.id} never served in preprod" in refused.err
    assert promote(airside, "--yes").code == 0


def test_a_release_that_served_there_once_may_come_later(airside: Airside, place: Place) -> None:
    """An approved plan is applied when preprod has gone on."""
    protect(place, 'promote_from = ["preprod"]')
    first = served(place, "preprod")
    place.plan_promotion("preprod", "production")
    next_release(place, "ci")
    assert airside("apply", str(place.plan_path), "--yes", "--wait", "0").code == 0
    assert served(place) == first


def test_a_deploy_does_not_go_around(airside: Airside, place: Place) -> None:
    protect(place, 'promote_from = ["preprod", "dev"]')
    place.plan_deploy(place.release("ci"))
    refused = airside("apply", str(place.plan_path), "--yes", "--wait", "0")
    assert refused.code == 3
    assert "Releases come to 'production' from preprod or dev only" in refused.err
    assert "airside promote preprod production" in refused.err


def test_where_nothing_was_ever_deployed_nothing_comes_from(airside: Airside, place: Place) -> None:
    protect(place, 'promote_from = ["dev"]')
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert "never served in dev" in refused.err


CHECKED, TESTED = PASSED


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ((CHECKED,), "requires 'test', which is not on record as passed"),
        ((), "requires 'check', which is not on record as passed"),
        ((CHECKED, Check(name="test", passed=False, subjects=3)), "requires 'test', which failed"),
        ((CHECKED, TESTED, Check(name="test", passed=False, subjects=3)), "requires 'test', which failed"),
    ],
)
def test_what_is_required_has_to_be_on_the_record(
    airside: Airside, place: Place, checks: tuple[Check, ...], said: str
) -> None:
    protect(place, 'require = ["check", "test"]')
    next_release(place, "ci", checks=checks)
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert said in refused.err
    assert served(place) is None


VERIFIED = Check(name="test", passed=True, subjects=4, tasks=5, verified=5)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (Check(name="test", passed=True, subjects=4, tasks=5, verified=3), "verify 3 of 5 tasks"),
        (TESTED, "do not say what they verify"),
        (Check(name="test", passed=False, subjects=4, tasks=5, verified=5), "requires 'test', which failed"),
        (CHECKED, "requires 'test', which is not on record as passed"),
    ],
)
def test_where_every_task_has_to_be_verified_a_plan_says_so_and_the_move_is_refused(
    airside: Airside, place: Place, check: Check, said: str
) -> None:
    protect(place, 'require = ["test:verified"]')
    next_release(place, "ci", checks=(check,))
    assert said in plan(airside, "--from", "preprod")["refusals"][0]
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert said in refused.err
    next_release(place, "ci", checks=(VERIFIED,))
    assert promote(airside, "--yes").code == 0


def test_a_signed_record_that_passed_is_let_in(airside: Airside, place: Place) -> None:
    protect(place, 'require = ["check", "test"]')
    assert promote(airside, "--yes").code == 0


@pytest.mark.parametrize("people", [(), ("ana",), ("ben",)])
def test_a_record_is_believed_only_with_a_signature_that_counts(
    airside: Airside, place: Place, people: tuple[str, ...]
) -> None:
    protect(place, 'require = ["check"]')
    next_release(place, *people)
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert "wants ci in environment 'production'" in refused.err


def test_without_anybody_to_trust_nothing_is_believed(airside: Airside, place: Place) -> None:
    protect(place, 'require = ["check"]')
    place.folder.write("trust.toml", trust_text({"*": {"unsigned": True}}))
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert "trusts nobody" in refused.err
    (place.folder.root / "trust.toml").unlink()
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert "there is no trust.toml" in refused.err
    assert "airside keys trust NAME --environment production" in refused.err


def test_a_move_without_a_plan_has_no_approvals(airside: Airside, place: Place) -> None:
    protect(place, 'require = ["approval:1"]')
    refused = promote(airside, "--yes")
    assert refused.code == 3
    assert "requires 1 approval, so it is moved by a plan" in refused.err
    assert "airside plan production … --out plan.json" in refused.err


def test_a_rollback_asks_for_a_name_and_nothing_else(airside: Airside, place: Place) -> None:
    """What comes back has served there: somebody approved it then."""
    old = served(place, "preprod")
    promote(airside, "--yes")
    next_release(place, "ci", checks=())
    promote(airside, "--yes")
    protect(place, "protected = true", 'promote_from = ["dev"]', 'require = ["check", "approval:2"]')
    assert airside("rollback", "production", "--yes", "--wait", "0").code == 3
    assert airside("rollback", "production", "--confirm", "production", "--wait", "0").code == 0
    assert served(place) == old


def test_a_release_that_failed_is_refused_whatever_was_approved(airside: Airside, place: Place) -> None:
    protect(place, 'require = ["check", "approval:1"]')
    place.folder.write("trust.toml", trust_text({"production": {"releases": ["ci"], "moves": ["ana", "ben"]}}))
    next_release(place, "ci", checks=())
    place.plan_promotion("preprod", "production", "ben")
    refused = airside("apply", str(place.plan_path), "--yes", "--wait", "0")
    assert refused.code == 3
    assert "requires 'check'" in refused.err


def test_the_keys_that_counted_are_told(place: Place) -> None:
    protect(place, 'require = ["approval:1"]')
    context = Context(place.folder.root, Output(quiet=True))
    release = require_current(place.store, "preprod").pointer.release
    proposal = propose_release(context.store, Request("sales-flows", "production", "ana"), release)
    plan = place.plan_promotion("preprod", "production", "ana", "ben", "ci")
    assert require_permitted(context, proposal, plan.sealed) == [signer("ana").public.keyid], "ben may not move it"
    with pytest.raises(RefusedError, match="moved by a plan"):
        require_permitted(context, proposal)


def test_a_refusal_for_programs_has_the_same_words(airside: Airside, place: Place) -> None:
    protect(place, 'promote_from = ["dev"]')
    refused = promote(airside, "--yes", "--json")
    error = json.loads(refused.out)["error"]
    assert (error["type"], error["exit_code"]) == ("RefusedError", 3)
    assert "never served in dev" in error["message"]


def plan(airside: Airside, *options: str) -> dict[str, Any]:
    done = airside("plan", "production", "--json", *options)
    assert done.code == 0, done.err
    told: dict[str, Any] = json.loads(done.out)["plan"]
    return told


def test_a_plan_says_beforehand_that_the_release_comes_from_elsewhere(airside: Airside, place: Place) -> None:
    protect(place, 'promote_from = ["dev"]')
    told = plan(airside, "--from", "preprod")
    assert told["verdict"]["level"] == "blocked"
    assert "never served in dev" in told["refusals"][0]
    assert "next:" not in airside("plan", "production", "--from", "preprod").out, "no command that will be refused"


def test_a_plan_says_beforehand_what_the_record_lacks(airside: Airside, place: Place) -> None:
    protect(place, 'require = ["check", "test"]')
    next_release(place, "ci", checks=(CHECKED,))
    told = plan(airside, "--from", "preprod")
    assert [line.partition(" for release")[0] for line in told["refusals"]] == [
        "'production' requires 'test', which is not on record as passed"
    ]
    next_release(place)
    (refusal,) = plan(airside, "--from", "preprod")["refusals"]
    assert "wants ci in environment 'production'" in refusal
    assert not refusal.endswith("Nothing was changed")


def test_a_plan_says_how_many_have_to_approve_it(airside: Airside, place: Place) -> None:
    protect(place, 'require = ["approval:2"]')
    told = plan(airside, "--from", "preprod")
    assert (told["refusals"], told["approvals"], told["verdict"]["level"]) == ([], 2, "careful")
    assert told["verdict"]["text"].startswith("Careful: 2 approvals are needed, ")
    shown = airside("plan", "production", "--from", "preprod").out
    assert "next: airside plan production --from preprod --out plan.json" in shown
    path = str(place.plan_path)
    assert f"next: airside approve {path}" in airside("plan", "production", "--from", "preprod", "--out", path).out


def test_a_deploy_is_refused_beforehand_for_where_it_comes_from_not_for_who_plans_it(place: Place) -> None:
    protect(place, 'promote_from = ["preprod"]', 'require = ["check"]')
    context = Context(place.folder.root, Output(quiet=True))
    proposal = place.propose(place.release())
    assert refusals(context, proposal) == ("Releases come to 'production' from preprod only, never by a deploy",)


def test_a_plan_of_a_release_names_the_plan_file_as_the_next_step(airside: Airside, place: Place) -> None:
    release = served(place, "preprod")
    assert release is not None
    told = airside("plan", "production", "--release", release).out
    assert f"next: airside plan production --release {release} --out plan.json" in told


def test_the_pin_of_a_protected_environment_is_taken_off_by_its_name(airside: Airside, place: Place) -> None:
    promote(airside, "--yes")
    next_release(place, "ci")
    promote(airside, "--yes")
    assert airside("rollback", "production", "--yes", "--wait", "0").code == 0
    protect(place, "protected = true")
    for options in ((), ("--yes",)):
        refused = airside("unpin", "production", *options)
        assert refused.code == 3
        assert "--confirm production" in refused.err
    assert airside("unpin", "production", "--confirm", "preprod").code == 2
    pinned = require_current(place.store, "production").pointer
    assert pinned.pin is not None
    assert airside("unpin", "production", "--confirm", "production").code == 0
    assert require_current(place.store, "production").pointer.pin is None


def test_what_is_not_protected_is_unpinned_without_a_question(airside: Airside, place: Place) -> None:
    promote(airside, "--yes")
    next_release(place, "ci")
    promote(airside, "--yes")
    airside("rollback", "production", "--yes", "--wait", "0")
    assert airside("unpin", "production").code == 0


def test_an_environment_is_not_planned_from_itself(airside: Airside, place: Place) -> None:
    assert served(place, "preprod") is not None
    assert airside("plan", "preprod", "--from", "preprod").code == 2
