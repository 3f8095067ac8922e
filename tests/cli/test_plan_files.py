"""`airside approve` and `airside apply`: what was approved is what is done."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from folders import Folder
from planned_moves import Place
from signing_keys import pem_of, signer, trust_text

from airside.delivery.descriptions import read_description
from airside.delivery.environments import read_current, read_record, require_current
from airside.release.envelope import MAX_SIGNATURES, Envelope, Signature
from airside.release.plan_file import PLAN_TYPE

Airside = Callable[..., SimpleNamespace]
ActAs = Callable[[str], None]
SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]
[environments.preprod]
[environments.production]
require = ["approval:2"]
"""
RULES: dict[str, Mapping[str, object]] = {
    "production": {"releases": ["ci", "ana"], "moves": ["ana", "ben", "eva"]},
    "*": {"unsigned": True},
}
PEOPLE = ("ci", "ana", "ben", "eva", "kim")


@pytest.fixture
def place(folder: Folder) -> Place:
    folder.write("airside.toml", SETTINGS)
    folder.write("trust.toml", trust_text(RULES, PEOPLE))
    folder.commit()
    return Place(folder)


@pytest.fixture
def act_as(monkeypatch: pytest.MonkeyPatch) -> ActAs:
    """Sign with the key of somebody, as CI gives it: the PEM in the variable."""
    return lambda name: monkeypatch.setenv("AIRSIDE_SIGNING_KEY", pem_of(name).decode())


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - each verb has its own document
    assert done.code == 0, done.err
    return json.loads(done.out)


def generation(place: Place, environment: str = "production") -> int:
    current = read_current(place.store, environment)
    return current.pointer.generation if current else 0


def test_a_plan_is_approved_by_two_and_applied_by_one(airside: Airside, place: Place, act_as: ActAs) -> None:
    release = place.release("ci")
    place.plan_deploy(release)
    path = str(place.plan_path)
    for name, count in (("ben", 1), ("eva", 2)):
        act_as(name)
        told = document(airside("approve", path, "--yes", "--json"))
        assert (told["added"], told["counts"], told["approvals"]) == (True, True, count)
    act_as("ana")
    assert document(airside("apply", path, "--yes", "--json", "--wait", "0"))["release"] == release.record.id
    current = require_current(place.store, "production")
    record = read_record(place.store, current.pointer.release)
    assert record.to_bytes() == release.record.to_bytes(), "the very release that was planned"
    assert read_description(place.store, record) == release.description
    assert current.pointer.reason == "new sources"
    (moved,) = document(airside("history", "production", "--json"))
    assert sorted(moved["approved_by"]) == ["ben", "eva"]
    assert moved["signed_by"] == ["ana"]
    assert "approved by" in airside("history", "production").out


def test_a_plan_is_applied_once(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release("ci"), "preprod")
    act_as("ana")
    assert airside("apply", str(place.plan_path), "--yes", "--wait", "0").code == 0
    again = airside("apply", str(place.plan_path), "--yes", "--wait", "0")
    assert again.code == 3
    assert "The plan is stale: it was made for 'preprod' with nothing served" in again.err
    assert generation(place, "preprod") == 1


def test_a_stale_plan_is_refused_and_what_happened_since_is_told(airside: Airside, place: Place) -> None:
    first = place.release("ci")
    place.deploy(first, "preprod")
    place.folder.write("lib/sums.py", "total = sum\n")
    place.folder.commit()
    second = place.release("ci")
    place.plan_deploy(second, "preprod")
    place.deploy(second, "preprod")
    place.deploy(first, "preprod")
    refused = airside("apply", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert f"with generation 1, release {first.record.id}" in refused.err
    lines = [line for line in refused.err.splitlines() if line.startswith("  generation")]
    assert len(lines) == 2
    assert f"generation 2: ana, deploy from release {first.record.id} to release {second.record.id}" in lines[0]
    assert f"to release {first.record.id}" in lines[1], "it serves the same again, and somebody decided that"
    assert generation(place, "preprod") == 3


def test_a_stale_plan_is_called_stale_whatever_became_of_its_files(airside: Airside, place: Place) -> None:
    place.folder.write("lib/sums.py", "total = sum\n")
    release = place.release("ci")
    place.plan_deploy(release, "preprod")
    place.deploy(release, "preprod")
    place.folder.write("lib/sums.py", "total = max\n")
    assert "The plan is stale" in airside("apply", str(place.plan_path), "--yes").err


def test_a_plan_of_long_ago_counts_the_moves_that_it_does_not_list(airside: Airside, place: Place) -> None:
    release = place.release("ci")
    place.plan_deploy(release, "preprod")
    for _ in range(9):
        place.deploy(release, "preprod")
    refused = airside("apply", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "  4 earlier moves\n  generation 5: ana" in refused.err


def test_one_approval_is_not_two(airside: Airside, place: Place, act_as: ActAs) -> None:
    """The same key twice, a key that is trusted elsewhere only, and the key that made the release."""
    place.plan_deploy(place.release("ci"), "production", "ben", "ben", "kim", "ci")
    act_as("ana")
    refused = airside("apply", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "requires 2 approvals" in refused.err
    assert "of which 1 counts" in refused.err
    assert generation(place) == 0
    assert not any(key.startswith(("releases/", "packs/")) for key in place.folder.store_keys())


def test_a_plan_that_nobody_approved_is_refused(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release("ci"))
    act_as("ana")
    refused = airside("apply", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "the plan is signed by nobody" in refused.err
    assert "airside approve" in refused.err


def test_approvals_do_not_outlive_a_change_of_the_plan(airside: Airside, place: Place, act_as: ActAs) -> None:
    plan = place.plan_deploy(place.release("ci"), "production", "ben", "eva")
    payload = msgspec.json.decode(plan.sealed.payload)
    payload["reason"] = "something else"
    tampered = Envelope(msgspec.json.encode(payload), PLAN_TYPE, plan.sealed.signatures)
    place.plan_path.write_bytes(tampered.to_bytes())
    act_as("ana")
    refused = airside("apply", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "ben (which does not hold)" in refused.err
    assert generation(place) == 0


def test_an_unsigned_release_has_no_maker_and_is_refused(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release(), "production", "ben", "eva")
    act_as("ana")
    refused = airside("apply", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "is signed by nobody" in refused.err


def test_a_plan_that_hides_what_it_changes_is_neither_approved_nor_applied(
    airside: Airside, place: Place, act_as: ActAs
) -> None:
    plan = place.plan_deploy(place.release("ci"))
    said = msgspec.json.decode(plan.changes)
    lies: list[object] = [
        {**said, name: value} for name, value in (("workflows", {}), ("files", {}), ("changes", None))
    ]
    for changes in [{}, [], *lies]:
        hiding = replace(plan, envelope=None, changes=msgspec.json.encode(changes))
        place.write(hiding, "ben", "eva")
        for name, verb in (("ben", "approve"), ("ana", "apply")):
            act_as(name)
            refused = airside(verb, str(place.plan_path), "--yes")
            assert refused.code == 5
            assert "is not what release" in refused.err
    assert generation(place) == 0


def test_a_stale_plan_is_not_approved(airside: Airside, place: Place, act_as: ActAs) -> None:
    release = place.release("ci")
    place.plan_deploy(release)
    place.deploy(release, "production")
    act_as("ben")
    refused = airside("approve", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "The plan is stale" in refused.err
    assert place.read().sealed.signatures == ()


def test_approving_twice_changes_nothing(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release("ci"))
    act_as("ben")
    airside("approve", str(place.plan_path), "--yes")
    before = place.plan_path.read_bytes()
    told = document(airside("approve", str(place.plan_path), "--json"))
    assert (told["added"], told["approvals"]) == (False, 1)
    assert place.plan_path.read_bytes() == before


@pytest.mark.parametrize("name", ["ci", "kim"])
def test_an_approval_that_does_not_count_says_so(airside: Airside, place: Place, act_as: ActAs, name: str) -> None:
    place.plan_deploy(place.release("ci"))
    act_as(name)
    done = airside("approve", str(place.plan_path), "--yes")
    assert done.code == 0
    assert "does not count in production" in done.err
    assert "approvals that count: 0" in done.out


def test_a_key_that_nobody_knows_does_not_approve(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release("ci"))
    before = place.plan_path.read_bytes()
    act_as("mallory")
    refused = airside("approve", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert "does not know your key" in refused.err
    assert place.plan_path.read_bytes() == before


def test_whoever_has_no_key_is_told_how_to_get_one(airside: Airside, place: Place) -> None:
    place.plan_deploy(place.release("ci"))
    refused = airside("approve", str(place.plan_path), "--yes")
    assert refused.code == 2
    assert "airside keys generate" in refused.err


def test_a_no_leaves_the_plan_as_it_is(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release("ci"))
    before = place.plan_path.read_bytes()
    act_as("ben")
    assert airside("approve", str(place.plan_path)).code == 3
    assert place.plan_path.read_bytes() == before


def test_what_is_approved_is_shown_and_nothing_of_it_can_hide(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.folder.write("lib/sums.py", "total = sum\n")
    place.folder.git("add", "--all")
    place.folder.git("commit", "--quiet", "--message", "harmless\x1b[2K\rgood")
    release = place.release("ci")
    place.plan_deploy(release)
    act_as("ben")
    shown = airside("approve", str(place.plan_path), "--yes").out
    for text in ("deploy to production", release.record.id, release.record.tree, "1 workflow changes", "new sources"):
        assert text in shown
    assert "made by    ci" in shown
    assert "check passed on 1" in shown
    assert "\x1b[2K" not in shown
    assert "\r" not in shown


def test_a_full_plan_takes_no_more_signatures(airside: Airside, place: Place, act_as: ActAs) -> None:
    plan = place.plan_deploy(place.release("ci"))
    junk = [Signature(f"{number:064x}", "AAAA") for number in range(MAX_SIGNATURES)]
    place.plan_path.write_bytes(plan.sealed.signed(*junk).to_bytes())
    act_as("ben")
    refused = airside("approve", str(place.plan_path), "--yes")
    assert refused.code == 3
    assert len(place.read().sealed.signatures) == MAX_SIGNATURES


def test_a_plan_of_another_workspace_is_refused(airside: Airside, place: Place, act_as: ActAs) -> None:
    place.plan_deploy(place.release("ci"))
    place.folder.write("airside.toml", SETTINGS.replace("sales-flows", "other-flows"))
    act_as("ben")
    for verb in ("apply", "approve"):
        refused = airside(verb, str(place.plan_path), "--yes")
        assert refused.code == 3
        assert "is for workspace 'sales-flows'" in refused.err


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [(b"", 5, "cannot be read"), (b"{}", 5, "cannot be read"), (None, 2, "airside plan ENV --out FILE")],
)
@pytest.mark.parametrize("verb", ["apply", "approve"])
def test_what_is_no_plan_is_refused(
    airside: Airside, place: Place, verb: str, data: bytes | None, code: int, said: str
) -> None:
    if data is not None:
        place.plan_path.write_bytes(data)
    refused = airside(verb, str(place.plan_path), "--yes")
    assert refused.code == code
    assert said in refused.err


def test_a_named_pipe_is_not_waited_for(airside: Airside, place: Place, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert airside("apply", str(tmp_path / "pipe"), "--yes").code == 2


def test_a_commit_is_shipped_although_the_workspace_has_gone_on(airside: Airside, place: Place) -> None:
    release = place.release("ci")
    place.plan_deploy(release, "preprod")
    place.folder.write("lib/sums.py", "total = sum\n")
    place.folder.commit()
    assert airside("apply", str(place.plan_path), "--yes", "--wait", "0").code == 0
    assert require_current(place.store, "preprod").pointer.tree == release.record.tree


def test_a_dirty_release_is_shipped_while_the_working_tree_is_the_same(airside: Airside, place: Place) -> None:
    place.folder.write("lib/sums.py", "total = sum\n")
    release = place.release("ci")
    assert release.record.source.dirty
    place.plan_deploy(release, "preprod")
    place.folder.write("lib/sums.py", "total = max\n")
    refused = airside("apply", str(place.plan_path), "--yes", "--wait", "0")
    assert refused.code == 3
    assert "The working tree here gives tree" in refused.err
    place.folder.write("lib/sums.py", "total = sum\n")
    assert airside("apply", str(place.plan_path), "--yes", "--wait", "0").code == 0


def test_a_commit_that_is_not_here_is_named(airside: Airside, place: Place, tmp_path: Path) -> None:
    release = place.release("ci")
    place.plan_deploy(release, "preprod")
    place.folder.git("checkout", "--quiet", "--orphan", "other")
    place.folder.git("commit", "--quiet", "--message", "another history")
    place.folder.git("branch", "--quiet", "-D", "main")
    place.folder.git("reflog", "expire", "--expire=now", "--all")
    place.folder.git("gc", "--quiet", "--prune=now")
    refused = airside("apply", str(place.plan_path), "--yes", "--wait", "0")
    assert refused.code == 3
    assert f"Commit {release.record.source.commit} is not in this repository" in refused.err


def test_a_promotion_is_applied(airside: Airside, place: Place, act_as: ActAs) -> None:
    release = place.release("ci")
    place.deploy(release, "preprod")
    place.plan_promotion("preprod", "production", "ben", "eva")
    act_as("ana")
    assert airside("apply", str(place.plan_path), "--yes", "--wait", "0").code == 0
    pointer = require_current(place.store, "production").pointer
    assert (pointer.action, pointer.release) == ("promote", release.record.id)
    assert pointer.approved_by == tuple(sorted(signer(name).public.keyid for name in ("ben", "eva")))


def test_a_dry_run_of_a_plan_changes_nothing(airside: Airside, place: Place) -> None:
    place.plan_deploy(place.release("ci"), "preprod")
    before = place.folder.store_keys()
    assert airside("apply", str(place.plan_path), "--dry-run").code == 0
    assert place.folder.store_keys() == before


def test_the_journey_of_a_plan_by_verbs_alone(airside: Airside, place: Place, act_as: ActAs) -> None:
    path = str(place.plan_path)
    act_as("ci")
    assert airside("plan", "production", "--out", path).code == 0
    assert generation(place) == 0
    for name in ("ben", "eva"):
        act_as(name)
        assert airside("approve", path, "--yes").code == 0
    act_as("ana")
    assert airside("apply", path, "--yes", "--wait", "0").code == 0
    record = read_record(place.store, require_current(place.store, "production").pointer.release)
    assert read_description(place.store, record)
    assert [signature.keyid for signature in record.sealed.signatures] == [signer("ci").public.keyid]
