"""A promotion, and its plan, of what an environment has served of a commit."""

import json
import subprocess
from collections.abc import Callable
from types import SimpleNamespace

from folders import Folder

Airside = Callable[..., SimpleNamespace]


def head(folder: Folder) -> str:
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder.root, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_tag_promotes_the_commit_that_it_names(airside: Airside, folder: Folder) -> None:
    tagged = head(folder)
    first = json.loads(airside("deploy", "preprod", "--yes", "--json").out)
    folder.write("lib/sums.py", "total = sum\n")
    folder.commit()
    second = json.loads(airside("deploy", "preprod", "--yes", "--json").out)
    folder.write("README.md", "Nothing that ships.\n")
    folder.commit()
    planned = airside("plan", "production", "--from", "preprod", "--commit", tagged[:8])
    assert f"to   release {first['release']}" in planned.out
    assert f"next: airside promote preprod production --commit {tagged[:8]}" in planned.out
    moved = json.loads(airside("promote", "preprod", "production", "--commit", tagged, "--yes", "--json").out)
    assert moved["release"] == first["release"]
    assert json.loads(airside("history", "production", "--json").out)[0]["reason"] == (
        f"promoted from preprod, commit {tagged[:12]}"
    )
    readme = airside("promote", "preprod", "production", "--commit", head(folder), "--yes")
    assert readme.code == 0
    assert f"changes nothing that ships: release {second['release']} of" in readme.err
    refused = airside("promote", "preprod", "production", "--commit", "0" * 40, "--yes")
    assert refused.code == 3
    assert "never served a release that was built from commit 0000" in refused.err


def test_what_cannot_be_a_commit_or_has_no_environment_is_a_wrong_command_line(airside: Airside) -> None:
    assert airside("promote", "preprod", "production", "--commit", "v1.2.3", "--yes").code == 2
    lonely = airside("plan", "production", "--commit", "1234567")
    assert lonely.code == 2
    assert "--commit needs --from" in lonely.err


def test_a_release_is_built_for_the_lock_file_of_its_commit(airside: Airside, folder: Folder) -> None:
    folder.write("requirements.lock", "apache-airflow==3.3.2\n")
    folder.commit()
    folder.write("requirements.lock", "apache-airflow==3.3.3\n")
    done = airside("deploy", "preprod", "--yes")
    assert done.code == 0
    assert "requirements.lock is not what its commit has" in done.err
    folder.git("checkout", "--quiet", "requirements.lock")
    again = airside("deploy", "preprod", "--yes")
    assert "Nothing to do" in again.out, "it was built for the commit's packages all along"
    assert "is not what its commit has" not in again.err
