"""The documents of an environment in a tree that was fetched from a store."""

from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, PlatformError
from airside.base.names import secrets_channel
from airside.delivery.checkouts import Checkouts
from airside.delivery.kinds import FOLDER, moved_there
from airside.release.manifest import Manifest, ManifestFile
from airside.secrets.layers import document_names


def read_documents(checkouts: Checkouts, tree: Digest, environment: str) -> dict[str, bytes]:
    """Return the documents of `environment` in `tree`, by path, that of all environments first.

    The manifest says which there are: a file that is missing on disk must not look like one that never was.

    Raises:
        IntegrityError: The tree holds something else than documents of the environment, or differs from its manifest.
        PlatformError: The tree is not here, or is being removed.
    """
    manifest, folder = checkouts.manifest(tree), checkouts.folder(tree)
    try:
        if manifest is not None:
            return {file.path: _content(folder / file.path, file) for file in _own(manifest, environment)}
    except OSError as error:
        raise PlatformError(f"{error.filename} cannot be read: {error.strerror}", hint="Look again.") from error
    raise PlatformError(f"The documents in {folder} are being removed", hint="Look again.")


def _own(manifest: Manifest, environment: str) -> list[ManifestFile]:
    """Return the files with the documents of `environment`; of another one's, some names would be silently unknown."""
    files = {file.path: file for file in manifest.files}
    own = [path for name in document_names(environment) if (path := f"{FOLDER}/{name}") in files]
    if not own or (others := sorted(files.keys() - own)):
        found = f"holds {', '.join(others)}" if own else "holds no document of it"
        raise IntegrityError(
            f"What was applied as the secrets of {environment!r} {found}",
            hint=moved_there(secrets_channel(environment)),
        )
    return [files[path] for path in own]


def _content(path: Path, file: ManifestFile) -> bytes:
    """Return a document, compared with what was fetched: its own checksum does not cover every byte of it."""
    data = path.read_bytes()
    if Digest.of(data).hex != file.sha256:
        raise IntegrityError(
            f"{path} is not what was fetched: it was changed on this disk",
            hint=f"Find out by what, and remove {path.parent.parent}: it is fetched anew.",
        )
    return data
