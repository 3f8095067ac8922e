"""R28: no secret is in arguments, environments of children, output, logs, plans, errors, folders or the store.

What a user types in an editor, pipes in, and gives to `import` is the only place where a value is in clear.
"""

import base64
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from canary import Canaries, Watch
from canary_place import SETTINGS, SPECIAL, WORKFLOW, House, private_key, text_of_document, without_sops
from folders import Folder
from sealed import make_identity, seal


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[House]:
    """A workspace with a document of every kind of secret, saved in the user's editor."""
    for name in ("outside", "tmp"):
        (tmp_path / name).mkdir()
    for name in ("VISUAL", "EDITOR", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY", "SOPS_CONFIG", "AIRSIDE_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "outside"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "outside" / "configuration"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("airside.cli.checking.ensure_environment", lambda *_, **__: Path(sys.executable))
    me, canaries = make_identity(), Canaries()
    me.write(tmp_path / "outside" / "configuration" / "airside" / "age" / "keys.txt")
    canaries.know(me.secret.removeprefix("AGE-SECRET-KEY-1"), "the private age key")
    folder = Folder(tmp_path / "flüge %d", SETTINGS, {"dags/orders.py": WORKFLOW})
    made = House(folder, canaries, me, monkeypatch, capfd)
    made.look_into_errors()
    made("secrets", "init", "preprod", "production")
    made.saves(text_of_document(canaries))
    made("secrets", "edit", "preprod", "--verbose")
    folder.commit()
    yield made
    assert made.leaks == [], "\n".join(made.leaks)


def test_no_verb_of_secrets_lets_one_out(house: House) -> None:
    canaries, ben = house.canaries, make_identity()
    edited = json.dumps({"variables": {"shared": canaries.new("shared by all")}})
    house.saves(edited)
    house.both("secrets", "edit", "base")
    house.both("secrets", "set", "preprod", "connections.dwh.password", stdin=f"{canaries.new('set')}{SPECIAL}")
    house.both("secrets", "set", "preprod", "connections.dwh.extra.key", stdin=private_key(canaries))
    value = json.dumps({"inner": [canaries.new("set as JSON")]})
    house.both("secrets", "set", "preprod", "variables.limits", "--json-value", stdin=value)
    house.both("secrets", "set", "preprod", "connections.uri", stdin=f"http://a:{canaries.new('set as URI')}@b/c")
    lines = f"AIRFLOW_CONN_A=http://u:{canaries.new('imported')}@h\nAIRFLOW_VAR_B='{canaries.new('imported too')}'\n"
    helm = {"airflow": {"variables": json.dumps({"c": canaries.new("imported from Helm values")})}}
    for file in (house.in_clear(".env", lines), house.in_clear("values.yaml", json.dumps(helm))):
        house.both("secrets", "import", "preprod", str(file), "--dry-run")
        house.both("secrets", "import", "preprod", str(file), "--replace")
    house.both("secrets", "import", "preprod", "-", "--replace", stdin=lines)
    assert all(name in house.opened() for name in canaries.cores if canaries.cores[name].startswith("imported"))
    for words in (
        ["list", "preprod", "--all"],
        ["get", "preprod", "connections.dwh"],
        ["get", "preprod", "connections.dwh.password"],
        ["diff", "preprod"],
        ["diff", "preprod", "--against", "production"],
        ["diff", "preprod", "--applied"],
        ["check"],
        ["recipients", "add", "preprod", ben.public],
        ["recipients", "list"],
        ["rotate", "preprod"],
        ["apply", "preprod", "--allow-dirty", "--dry-run"],
        ["apply", "preprod", "--allow-dirty"],
    ):
        house.both("secrets", *words)
    house("secrets", "recipients", "remove", "preprod", ben.public, "--verbose")
    house("secrets", "unset", "preprod", "variables.limits", "--verbose")
    house.folder.commit()
    house("secrets", "diff", "preprod", "--applied", "--verbose", "--json")
    house("secrets", "apply", "preprod", "--verbose")
    house.both("secrets", "history", "preprod")
    house("secrets", "rollback", "preprod", "--verbose", "--json")
    assert house.children > 60
    assert house.sampled > 60


@pytest.mark.slow
def test_no_verb_beside_them_lets_one_out(house: House) -> None:
    house("secrets", "apply", "preprod")
    for words in (
        ["check", "--env", "preprod", "--format", "text"],
        ["check", "--env", "preprod", "--format", "sarif", "--output", str(house.root / "found.sarif")],
        ["contract", "--env", "preprod"],
        ["plan", "preprod", "--source", "--out", str(house.root.parent / "tmp" / "plan.json")],
        *(["plan", "preprod", "--allow-dirty", "--format", form] for form in ("text", "markdown", "json")),
        ["deploy", "preprod", "--verbose", "--allow-dirty"],
        ["rollback", "preprod", "--with-secrets", "--dry-run"],
    ):
        house(*words, "--verbose", code=(0, 1, 2, 3))
    for verb in (["releases"], ["environments"], ["history", "preprod"], ["verify"], ["doctor"], ["status"]):
        house.both(*verb, code=(0, 1))
    house("fetch", "preprod", str(house.root / "fetched"), "--verbose")
    assert (house.root / "fetched").exists()
    assert house.sampled > 20


@pytest.mark.slow
def test_no_failure_lets_one_out(house: House) -> None:
    whole, canaries = house.document().read_bytes(), house.canaries
    text = whole.decode()
    clear = canaries.new("put in clear into the document")
    broken = {
        "a value in clear": (text.replace("region: ENC", f"region: {clear}"), {1, 5}),
        "another entry in clear": (text.replace("variables:\n", f"variables:\n    new: {clear}{SPECIAL}\n"), {1, 5}),
        "a line that is no YAML": (text.replace("variables:\n", f"variables:\n    new: {clear}\n  {clear}\n"), {1}),
        "a flipped letter": (text.replace("region: ENC[AES256_GCM,data:", "region: ENC[AES256_GCM,data:AAAA"), {5}),
        "a removed entry": ("".join(x for x in text.splitlines(keepends=True) if "region:" not in x), {5}),
        "cut": (text[: len(text) // 2], {1, 2, 5}),
        "empty": ("", {0, 1, 2, 5}),
        "marks of a merge": (f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> b\n", {1}),
        "not encrypted": (text_of_document(canaries), {1, 2}),
        "for somebody else": (seal(text_of_document(canaries), make_identity()).decode(), {0, 2}),
    }
    for how, (found, codes) in broken.items():
        # What somebody has put into the document in clear is there; nothing else may have it.
        house.plain = [house.document()]
        house.document().write_text(found)
        assert found != text, how
        everything_fails(house, codes)
    house.document().write_bytes(whole)
    without_sops(house)
    everything_fails(house, {0, 2})
    assert house.errors > 60


def everything_fails(house: House, codes: set[int]) -> None:
    given = house.in_clear("more.env", f"AIRFLOW_VAR_B={house.canaries.new('imported in vain')}\n")
    house.edits_with("true")
    for words, stdin in (
        (["secrets", "edit", "preprod"], ""),
        (["secrets", "set", "preprod", "variables.region"], house.canaries.new("set in vain")),
        (["secrets", "import", "preprod", str(given)], ""),
        (["secrets", "get", "preprod", "connections.dwh"], ""),
        (["secrets", "list", "preprod"], ""),
        (["secrets", "diff", "preprod"], ""),
        (["secrets", "check", "preprod"], ""),
        (["secrets", "rotate", "preprod"], ""),
        (["secrets", "unset", "preprod", "variables.region"], ""),
        (["secrets", "apply", "preprod", "--allow-dirty"], ""),
        (["contract", "--env", "preprod"], ""),
    ):
        house(*words, "--verbose", stdin=stdin, code=sorted({*codes, 0, 1, 2, 3, 5}))


WAYS_OUT: dict[str, Callable[[str, Path], object]] = {
    "arguments": lambda value, _: subprocess.run(["true", f"--password={value}"], check=True),
    "environment": lambda value, _: subprocess.run(["true"], env={"PASSWORD": value}, check=True),
    "environment of a grandchild": lambda value, _: subprocess.run(
        ["sh", "-c", "read value; PASSWORD=$value sleep 0.5; true"], input=value.encode(), check=True
    ),
    "temporary file": lambda value, folder: subprocess.run(
        ["sh", "-c", f"cat > '{folder}/x'; sleep 0.5; rm '{folder}/x'"], input=value.encode(), check=True
    ),
    "file": lambda value, folder: (folder / "x").write_text(value),
    "name of a file": lambda value, folder: (folder / value).touch(),
    "base64 in a file": lambda value, folder: (folder / "x").write_bytes(base64.b64encode(b"me:" + value.encode())),
    "half of it": lambda value, folder: (folder / "x").write_text(value[:8]),
    "packed": lambda value, folder: (folder / "x").write_bytes(zlib.compress(value.encode())),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_search_finds_every_way_out(tmp_path: Path, way: str) -> None:
    canaries = Canaries()
    value = canaries.new("password")
    with Watch(canaries, (tmp_path,)) as watch:
        WAYS_OUT[way](value, tmp_path)
    assert watch.found | canaries.in_files([tmp_path])
