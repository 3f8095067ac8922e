"""One comment on a pull request, kept up to date."""

import json

from airside.render.ci.scripts import PLAN


def comment(environment: str) -> str:
    """Return the script that comments with the plan, or changes the comment that is there.

    It needs GitHub's own program, `gh`, with GH_TOKEN, and NUMBER, that of the pull request.
    """
    mark = f"<!-- airside plan {environment} -->"  # which no reader sees
    mine = f'.[] | select(.user.type == "Bot" and (.body | startswith({json.dumps(mark)}))) | .id'
    return "\n".join(
        (
            f"{{ echo '{mark}'; cat {PLAN}; }} > comment.md",
            'comments="repos/$GITHUB_REPOSITORY/issues"',
            f"found=$(gh api --paginate \"$comments/$NUMBER/comments\" --jq '{mine}')",
            "found=\"${found##*$'\\n'}\"",
            'if [ -n "$found" ]; then',
            '  gh api --silent --method PATCH "$comments/comments/$found" --field body=@comment.md',
            "else",
            '  gh api --silent --method POST "$comments/$NUMBER/comments" --field body=@comment.md',
            "fi",
        )
    )
