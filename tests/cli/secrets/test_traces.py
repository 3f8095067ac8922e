"""What other users of the machine, logs and folders could show of a value: nothing."""

import base64
import json
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from sealed import make_identity
from secret_place import Place

from airside.secrets.sops import find_sops

CANARY = 'c4n"ary é/+ hunter2'
FORMS = (CANARY, json.dumps(CANARY)[1:-1], quote(CANARY), base64.b64encode(CANARY.encode()).decode(), "hunter2")


@pytest.fixture
def watched(place: Place, tmp_path: Path) -> Path:
    """What every start of the program sops was given: its arguments and its environment."""
    real = find_sops(Path(sys.executable).parent, None)
    seen, wrapper = tmp_path / "seen", tmp_path / "bin" / "sops"
    seen.touch()
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\n{{ echo "$0 $@"; env; }} >> "{seen}"\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
    place.patch.setattr("airside.secrets.sops.find_sops", lambda *_: wrapper)
    return seen


def test_no_verb_shows_a_value_to_anybody(place: Place, watched: Path, tmp_path: Path) -> None:
    ben, text = make_identity(), json.dumps(CANARY, ensure_ascii=False)
    place("init", "dev", "preprod")
    place.commit()
    (tmp_path / "given.json").write_text(json.dumps({"variables": {"b": CANARY}}))
    place.saves(f"connections:\n  c: {{conn_type: x, password: {text}}}\nvariables:\n  a: {text}\n")
    runs = [
        (("edit", "dev"), ""),
        (("set", "dev", "variables.d"), CANARY),
        (("set", "dev", "variables.d", "--json-value"), CANARY),
        (("set", "dev", "connections.c"), CANARY),
        (("set", "dev", "connections.c.port"), CANARY),
        (("set", "dev", "connections.c.extra.k"), CANARY),
        (("import", "dev", str(tmp_path / "given.json")), ""),
        (("import", "preprod", "-"), f"AIRFLOW_CONN_X={CANARY}"),
        (("get", "dev", "variables.a"), ""),
        (("list", "dev", "--all"), ""),
        (("diff", "dev"), ""),
        (("diff", "dev", "--against", "preprod"), ""),
        (("diff", "dev", "--applied"), ""),
        (("recipients", "add", "dev", ben.public), ""),
        (("recipients", "remove", "dev", ben.public), ""),
        (("rotate", "dev"), ""),
        (("unset", "dev", "connections.c.extra.k"), ""),
        (("check",), ""),
    ]
    said = [place(*words, *more, stdin=given).all for words, given in runs for more in ((), ("--json", "--verbose"))]
    assert place.values()["variables"]["d"] == CANARY
    place.saves(f"variables: [{text}")
    said.append(place("edit", "dev", "--verbose").all)
    place.document().write_text(place.document().read_text().replace("type:str", "type:int", 1))
    said += [place(*words, "--verbose").all for words, _ in runs if words[0] not in ("set", "import")]
    shown = "\n".join([*said, watched.read_text(), (place.root / ".sops.yaml").read_text()])
    assert "decrypt" in watched.read_text()
    assert [form for form in FORMS if form in shown] == []
    assert [form for form in FORMS for path in place.root.rglob("*.yaml") if form in path.read_text()] == []
