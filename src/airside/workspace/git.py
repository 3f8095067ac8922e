"""The user's own `git`: reading a repository, and making one."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from airside.base.children import inherited
from airside.base.errors import WorkspaceError

_SETTINGS = ("core.quotepath=off", "log.showSignature=false", "i18n.logOutputEncoding=UTF-8")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a commit.

    Attributes:
        path: Relative to the folder it was asked for; bytes that are not UTF-8 are surrogates.
        mode: Six octal digits: ``100644`` file, ``100755`` executable, ``120000`` link, ``160000`` submodule.
        object_id: The hexadecimal name of its content.
    """

    path: str
    mode: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that is checked out; `message` is its first line."""

    object_id: str
    author: str
    message: str


@dataclass(frozen=True, slots=True)
class Repository:
    """The git repository around `folder`, which may be a folder deep in it. Nothing here writes to it.

    Attributes:
        prefix: The path of `folder` in the repository with a slash at its end; empty at its top.
    """

    folder: Path
    prefix: str

    def head(self) -> Commit | None:
        """Return the commit that is checked out, or None when the repository has none yet."""
        found = _git(self.folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", answers=(0, 1))
        if not found:
            return None
        text = _git(self.folder, "log", "-1", "--no-color", "--format=%H%x00%an <%ae>%x00%B", "HEAD")
        object_id, author, message = text.decode(errors="replace").split("\0", 2)
        return Commit(object_id, author, next(iter(message.splitlines()), ""))

    def has_commit(self, commit: str) -> bool:
        """Tell whether the repository has the commit with this full hexadecimal name."""
        options = ("--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
        return bool(_git(self.folder, "rev-parse", *options, answers=(0, 1, 128)))

    def branch(self) -> str | None:
        """Return the branch that is checked out, or None when a commit is."""
        return _git(self.folder, "symbolic-ref", "--quiet", "--short", "HEAD", answers=(0, 1)).decode().strip() or None

    def origin(self) -> str | None:
        """Return the url of the remote `origin` without credentials, or None when there is none."""
        found = _git(self.folder, "config", "--get", "remote.origin.url", answers=(0, 1)).decode(errors="replace")
        return without_credentials(found.strip()) or None

    def changes(self, paths: Sequence[str]) -> list[str]:
        """Return which files under `paths` differ from the commit or are not in it; ignored files do not count."""
        options = ("--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none")
        found = _git(self.folder, "status", *options, "--", *paths)
        # Each is "XY path", the path relative to the top of the repository.
        return [os.fsdecode(part[3:]).removeprefix(self.prefix) for part in found.split(b"\0") if part]

    def changes_since(self, reference: str) -> list[str]:
        """Return which files of `folder` differ from where this branch left `reference`, or are in no commit.

        Raises:
            WorkspaceError: There is no such branch, tag or commit, or the history that is here does not reach back.
        """
        options = ("--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
        commit = _git(self.folder, "rev-parse", *options, answers=(0, 1, 128)).decode().strip()
        base = commit and _git(self.folder, "merge-base", "HEAD", commit, answers=(0, 1)).decode().strip()
        if not base:
            what = "shares no history with the branch that is checked out" if commit else "is not known here"
            raise WorkspaceError(
                f"{reference!r} {what}",
                hint="In CI the checkout may be shallow: fetch the whole history (fetch-depth: 0) and the branch.",
            )
        found = _git(self.folder, "diff", "--name-only", "--no-renames", "--relative", "-z", base, "--", ".")
        committed = {os.fsdecode(part) for part in found.split(b"\0") if part}
        return sorted(committed.union(self.changes(["."])))

    def conflicts(self) -> list[str]:
        """Return the files with a merge conflict."""
        found = _git(self.folder, "diff", "--name-only", "--diff-filter=U", "--relative", "-z")
        return [os.fsdecode(part) for part in found.split(b"\0") if part]

    def entries(self, paths: Sequence[str], commit: str = "HEAD") -> list[Entry]:
        """Return the files under `paths` of the commit that is checked out, or of another one."""
        full = [f"{self.prefix}{path}" for path in paths]
        found = _git(self.folder, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *full)
        return [self._entry(part) for part in found.split(b"\0") if part]

    def _entry(self, line: bytes) -> Entry:
        meta, path = line.split(b"\t", 1)
        mode, _, object_id = meta.decode().split(" ")
        return Entry(os.fsdecode(path).removeprefix(self.prefix), mode, object_id)

    def contents(self, object_ids: Iterable[str]) -> Mapping[str, bytes]:
        """Return the bytes of these objects, as they are in the repository, with one process for all.

        Attributes such as `export-ignore`, `eol` and `filter` are not applied: they describe archives and
        checkouts, and could differ from machine to machine; a release holds the same bytes wherever it is made.
        """
        wanted = list(dict.fromkeys(object_ids))
        found = _git(self.folder, "cat-file", "--batch", "--buffer", stdin="".join(f"{i}\n" for i in wanted).encode())
        return dict(_objects(memoryview(found), len(wanted)))

    def versions(self, path: str) -> list[str]:
        """Return the names of every content that the file `path` had in a commit of any branch, the last one first."""
        arguments = ("log", "--all", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=", "-z")
        found = _git(self.folder, *arguments, "--", path)
        # `:100644 100644 <before> <after> M`, and where the file was taken out <after> is all zeros.
        after = [part.split(b" ")[3].decode() for part in found.split(b"\0") if part.startswith(b":")]
        return [object_id for object_id in dict.fromkeys(after) if object_id.strip("0")]

    def working_files(self, paths: Sequence[str]) -> list[str]:
        """Return the files of the working tree under `paths`, tracked or not, without ignored ones.

        A path with a slash at its end is a repository of its own.
        """
        found = _git(self.folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths)
        return sorted({os.fsdecode(part) for part in found.split(b"\0") if part})


def open_repository(folder: Path) -> Repository:
    """Return the repository that `folder` is in.

    Raises:
        WorkspaceError: `git` is not installed, `folder` is in no repository, or git does not trust its owner.
    """
    prefix = _git(folder, "rev-parse", "--show-prefix")
    return Repository(folder, os.fsdecode(prefix.removesuffix(b"\n")))


def is_in_repository(folder: Path) -> bool:
    """Tell whether `folder`, which exists, is in the working tree of a git repository.

    Raises:
        WorkspaceError: `git` is not installed.
    """
    return bool(_git(folder, "rev-parse", "--is-inside-work-tree", answers=(0, 128)))


def make_repository(folder: Path) -> None:
    """Make `folder` a git repository without a commit.

    Raises:
        WorkspaceError: `git` is not installed, or the folder cannot be written.
    """
    _git(folder, "init", "--quiet")


def commit_all(folder: Path, tag: str) -> None:
    """Commit every file of the repository `folder`, which is Airside's own, and name the commit `tag`."""
    # Not the user's name, hooks, signature, line endings and ignored files: this repository is thrown away.
    settings = ("user.name=airside", "user.email=", "commit.gpgSign=false", "core.hooksPath=/dev/null")
    plain = [part for setting in (*settings, "core.autocrlf=false") for part in ("-c", setting)]
    _git(folder, *plain, "add", "--all", "--force")
    _git(folder, *plain, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", tag)
    _git(folder, "update-ref", f"refs/tags/{tag}", "HEAD")


def without_credentials(url: str) -> str:
    """Return `url` without a password, and for HTTP also without a user name, query and fragment.

    A token for HTTP may be any of these. The user name of ssh (``git@``) is part of the address.
    """
    parts = urlsplit(url)
    if "://" not in url:
        return url
    user, at, host = parts.netloc.rpartition("@")
    if parts.scheme in {"http", "https"}:
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    return urlunsplit((parts.scheme, f"{user.partition(':')[0]}{at}{host}", parts.path, "", ""))


def _objects(data: memoryview, count: int) -> Iterator[tuple[str, bytes]]:
    # Each object is "<id> blob <size>\n<bytes>\n".
    position = 0
    for _ in range(count):
        end = position + bytes(data[position : position + 200]).index(b"\n")
        object_id, kind, *size = bytes(data[position:end]).decode().split(" ")
        if kind != "blob":
            raise WorkspaceError(
                f"git has lost the object {object_id} of the commit that is checked out",
                hint="Run `git fsck`, or clone the repository anew.",
            )
        start, length = end + 1, int(size[0])
        yield object_id, bytes(data[start : start + length])
        position = start + length + 1


def _git(folder: Path, *arguments: str, stdin: bytes = b"", answers: Sequence[int] = (0,)) -> bytes:
    """Run git and return what it printed; the exit codes `answers` are answers, the others errors."""
    program = shutil.which("git")
    if program is None:
        raise WorkspaceError(
            "git is not installed, and a release is made of a git repository",
            hint="Install git (https://git-scm.com/downloads).",
        )
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    command = [program, "--literal-pathspecs", *settings, *arguments]
    done = subprocess.run(command, cwd=folder, env=_environment(), input=stdin, capture_output=True, check=False)
    if done.returncode not in answers:
        raise _translated(folder, arguments[0], done.stderr.decode(errors="replace").strip())
    return done.stdout


def _environment() -> dict[str, str]:
    # Git needs the user's HOME, PATH and GIT_CONFIG_*. Its other variables would redirect it: inside a hook, GIT_DIR
    # and GIT_INDEX_FILE name the repository of the hook. Replace refs would let one commit mean two contents.
    found = inherited(LC_ALL="C").items()
    kept = {name: value for name, value in found if not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")}
    return kept | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}


def _translated(folder: Path, verb: str, said: str) -> WorkspaceError:
    if "not a git repository" in said:
        return WorkspaceError(
            f"{folder} is not in a git repository, and a release is made of a commit",
            hint="Run `git init`, `git add .` and `git commit` there.",
        )
    if "dubious ownership" in said:
        return WorkspaceError(
            f"git does not read the repository of {folder}, because it belongs to another user",
            hint=f"Where you trust it: git config --global --add safe.directory {folder}",
        )
    return WorkspaceError(
        f"`git {verb}` failed in {folder}: {said}", hint="Run `git status` there, and mend what it shows."
    )
