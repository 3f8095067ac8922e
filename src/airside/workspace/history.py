"""Earlier versions of the templates that come with Airside; an update compares with the one a workspace was made from.

`templates/<name>` is the present version. Before a release changes it, the folder as it was last released is copied to
`templates/archive/<that release>/<name>`; a version without a folder has the content of the next later one.
"""

from pathlib import Path

from packaging.version import InvalidVersion, Version

from airside.base.errors import WorkspaceError


def content_of(templates: Path, name: str, version: str) -> Path:
    """Return the folder with the template `name` as it was in Airside `version`.

    Raises:
        WorkspaceError: There is no such template, or `version` is no version.
    """
    present = templates / name
    if not present.is_dir():
        raise WorkspaceError(f"This airside has no template {name!r}", hint="Upgrade airside.")
    try:
        wanted = Version(version)
    except InvalidVersion as error:
        raise WorkspaceError(f"{version!r} is not a version of airside") from error
    archived = {Version(path.parent.name): path for path in templates.glob(f"archive/*/{name}")}
    later = sorted(found for found in archived if found >= wanted)
    return archived[later[0]] if later else present
