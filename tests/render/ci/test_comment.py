"""The comment on a pull request, with a stand-in for GitHub's own program."""

import json
import subprocess
from pathlib import Path

from pipelines import rendered, scripts_of

from airside.cli import environ

# It has the comments of one pull request in a file, and answers as `gh api` does.
GH = """\
#!/usr/bin/env python3
import json, pathlib, sys
store = pathlib.Path(__file__).with_name("comments.json")
comments = json.loads(store.read_text())
words = sys.argv[1:]
if "--jq" in words:
    assert words[:3] == ["api", "--paginate", "repos/ana/flows/issues/7/comments"], words
    mark = words[words.index("--jq") + 1].split('startswith("')[1].split('")')[0]
    for comment in comments:
        if comment["bot"] and comment["body"].startswith(mark):
            print(comment["id"])
else:
    field = words[words.index("--field") + 1]
    body = pathlib.Path(field.removeprefix("body=@")).read_text()
    method, place = words[words.index("--method") + 1], words[words.index("--method") + 2]
    if method == "POST":
        assert place == "repos/ana/flows/issues/7/comments", place
        comments.append({"id": len(comments) + 1, "bot": True, "body": body})
    else:
        (comment,) = [each for each in comments if place == f"repos/ana/flows/issues/comments/{each['id']}"]
        comment["body"] = body
    store.write_text(json.dumps(comments))
"""


def test_the_plan_is_one_comment_that_is_kept_up_to_date(tmp_path: Path) -> None:
    workflow = rendered("github")[".github/workflows/airside-pull-request.yml"]
    script = next(text for name, text in scripts_of("github", workflow).items() if name.startswith("Comment"))
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    comments = tmp_path / "comments.json"
    others = [
        {"id": 1, "bot": True, "body": "Coverage is 98 %"},
        {"id": 2, "bot": False, "body": "<!-- airside plan preprod -->\nis what the comment begins with"},
    ]
    comments.write_text(json.dumps(others))
    for plan in ("First `$(plan)`\n", "Second\n"):
        (tmp_path / "airside-plan.md").write_text(plan)
        told = {"PATH": f"{tmp_path}:{environ.variables()['PATH']}", "GITHUB_REPOSITORY": "ana/flows", "NUMBER": "7"}
        subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=tmp_path, env=told, check=True, timeout=60)
        *before, mine = json.loads(comments.read_text())
        assert before == others
        assert mine["body"] == f"<!-- airside plan preprod -->\n{plan}"
