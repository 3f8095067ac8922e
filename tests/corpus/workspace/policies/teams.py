"""A rule of the workspace's own."""


def one_team_each(workflow):
    """A workflow has one tag that names its team."""
    if not [tag for tag in workflow.tags if tag.startswith("team:")]:
        yield "has no tag that begins with team:"
