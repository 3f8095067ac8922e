"""What is wrong with a document of secrets: with a key all of it, without one what can be seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import FindingsError, IntegrityError, UsageError
from airside.secrets.document import read_document
from airside.secrets.outline import Outline, read_outline
from airside.secrets.reading import Keys, open_document
from airside.secrets.recipients import Rules


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        file: The name of the document.
        message: What, without a value.
        hint: The next step.
    """

    file: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at one document found; `unread` says why what is in it was not looked at, if it was not."""

    findings: tuple[Finding, ...]
    unread: str | None = None


def check_document(path: Path, data: bytes, rules: Rules, keys: Keys) -> Checked:
    """Look at the bytes `data` of the document `path`.

    Args:
        path: Where it lies.
        data: What it holds.
        rules: Who is to be able to decrypt it.
        keys: What to decrypt it with.
    """
    try:
        outline = read_outline(data, what=path.name)
    except (FindingsError, IntegrityError) as error:
        return Checked((_finding(path, error),))
    if outline.metadata is None:
        hint = "Take it out of git, change its secrets, and bring it in: airside secrets import ENV FILE"
        return Checked((Finding(path.name, "is not encrypted", hint),))
    found = [*_in_clear(path, outline), *_recipients(path, outline, rules)]
    if not outline.metadata.get("mac"):
        found.append(Finding(path.name, "has no checksum, so a change without a key is not seen", "Take it from git."))
        return Checked(tuple(found))
    try:
        read_document(open_document(data, keys, what=path.name), what=path.name)
    except UsageError as error:
        return Checked(tuple(found), error.message)
    except (FindingsError, IntegrityError) as error:
        found.append(_finding(path, error))
    return Checked(tuple(found))


def _finding(path: Path, error: FindingsError | IntegrityError) -> Finding:
    return Finding(
        path.name, error.message.replace(f"{path.name}: ", "").removeprefix(f"{path.name} "), error.hint or ""
    )


def _in_clear(path: Path, outline: Outline) -> Iterator[Finding]:
    for place in outline.in_clear():
        yield Finding(path.name, f"{place} is in clear", "Change that secret, then: airside secrets edit ENV")


def _recipients(path: Path, outline: Outline, rules: Rules) -> Iterator[Finding]:
    if rules.text is None:
        return
    try:
        wanted = rules.age_keys(path)
    except UsageError as error:
        yield Finding(path.name, error.message, error.hint or "")
        return
    name = path.stem.replace("--", "/")
    if wanted is None:
        yield Finding(path.name, f"no rule of {rules.path.name} is for it", f"airside secrets init {name}")
        return
    now = {key for kind, key in outline.keys if kind == "age"}
    for key in sorted(now - set(wanted)):
        yield Finding(
            path.name,
            f"{key} can decrypt it and is not in {rules.path.name}",
            f"airside secrets recipients remove {name} {key}",
        )
    for key in sorted(set(wanted) - now):
        yield Finding(
            path.name,
            f"{key} is in {rules.path.name} and cannot decrypt it",
            f"airside secrets recipients add {name} {key}",
        )
