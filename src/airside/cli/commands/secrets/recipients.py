"""`airside secrets recipients`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import (
    BASE,
    counted,
    desk,
    document_path,
    documents,
    environment_of,
    environments,
    save_rules,
    shown,
    to_apply,
)
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.secrets.recipients import Rules


@click.group("recipients", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Say who can decrypt the secrets of an environment.

    The rules are in .sops.yaml, which belongs in git, as the documents do.
    """


@verb
@click.argument("environment", metavar="[ENV|base]", required=False)
def list_(context: Context, environment: str | None) -> None:
    r"""List who can decrypt each document, as it is and as .sops.yaml says.

    \b
    airside secrets recipients list
    airside secrets recipients list preprod --json

    Exit codes: 1 a document is broken; 2 no such environment.
    """
    from airside.secrets.outline import outline_of
    from airside.secrets.recipients import read_rules

    rules = read_rules(context.workspace.root)
    paths = [document_path(context, environment)] if environment else documents(context)
    rows = []
    for path in paths:
        outline = outline_of(path)
        now = outline.recipients if outline else ()
        wanted = rules.age_keys(path) if rules.text is not None else None
        for key in dict.fromkeys((*now, *(wanted or ()))):
            in_rules = key in wanted if wanted is not None and key.startswith(("age1", "ssh-")) else None
            rows.append(
                {"file": shown(context, path), "recipient": key, "can_decrypt": key in now, "in_rules": in_rules}
            )
    words = {True: "yes", False: "no", None: "-"}
    context.output.table(
        ("document", "recipient", "can decrypt", f"in {rules.path.name}"),
        [(str(r["file"]), str(r["recipient"]), words[bool(r["can_decrypt"])], words[r["in_rules"]]) for r in rows],  # type: ignore[index]
    )
    context.output.document({"recipients": rows})


@verb
@click.argument("environment", metavar="ENV|base")
@click.argument("key", metavar="KEY")
def add(context: Context, environment: str, key: str) -> None:
    r"""Let a public age key decrypt the secrets of an environment, and base.

    \b
    airside secrets recipients add preprod age1…

    Exit codes: 2 it is no public key, or yours cannot decrypt the document; 3 not confirmed.
    """
    from airside.secrets.recipients import read_rules, require_recipient

    key = require_recipient(key)
    before = read_rules(context.workspace.root)
    paths = _with_base(context, before, environment)
    _confirm_shared(context, before, paths, f"{key} gets access")
    after = before
    for path in paths:
        after = after.with_key(path, key)
    changed = _bring(context, before, after, rotate=())
    _document(context, environment, key, changed, {})
    if changed:
        context.output.done(f"{key} can decrypt {', '.join(changed)}", then=to_apply(context, environment))
    elif after.text != before.text:
        context.output.done(
            f"{after.path.name} names {key}; there is no document yet", then=f"airside secrets edit {environment}"
        )
    else:
        context.output.done(f"{key} had access already")


@verb
@click.argument("environment", metavar="ENV|base")
@click.argument("key", metavar="KEY")
def remove(context: Context, environment: str, key: str) -> None:
    r"""Take access from a key: the document gets a new data key that it never had.

    What the key could ever read it must be assumed to know: every value of every committed version. The names are
    listed; change these secrets where they are used. From base it is taken as well, unless it may decrypt the secrets
    of another environment.

    \b
    airside secrets recipients remove preprod age1…

    Exit codes: 2 it has no access, or yours cannot decrypt the document; 3 it is the last one, or not confirmed.
    """
    from airside.secrets.recipients import read_rules, require_public

    key = require_public(key)
    before = read_rules(context.workspace.root)
    paths = _losing(context, before, environment, key)
    _confirm_shared(context, before, paths, f"{key} loses access")
    after = before
    for path in paths:
        after = after.without_key(path, key)
    known = {shown(context, path): _ever(context, path) for path in paths}
    changed = _bring(context, before, after, rotate=paths)
    _document(context, environment, key, changed, known)
    names = list(dict.fromkeys(name for names in known.values() for name in names))
    context.output.done(
        f"{key} cannot decrypt {', '.join(changed)} any more",
        then=to_apply(context, environment),
    )
    context.output.say(f"It must be assumed to know {counted(len(names), 'secret')}. Change:", style="yellow")
    for name in names:
        context.output.say(f"  {name}")


def _document(context: Context, environment: str, key: str, changed: list[str], known: dict[str, list[str]]) -> None:
    context.output.document({"environment": environment, "recipient": key, "changed": changed, "assumed_known": known})


def _with_base(context: Context, rules: "Rules", environment: str) -> list[Path]:
    paths = [document_path(context, environment)]
    base = document_path(context, BASE)
    if rules.text is not None and rules.index(base) is not None:
        paths.append(base)
    return list(dict.fromkeys(paths))


def _losing(context: Context, rules: "Rules", environment: str, key: str) -> list[Path]:
    from airside.secrets.outline import outline_of

    path, base = document_path(context, environment), document_path(context, BASE)
    outline = outline_of(path)
    if key not in (rules.age_keys(path) or ()) and key not in (outline.recipients if outline else ()):
        raise UsageError(
            f"{key} has no access to {shown(context, path)}", hint=f"airside secrets recipients list {environment}"
        )
    others = [document_path(context, name) for name in environments(context) if name != environment]
    has_elsewhere = any(key in (rules.age_keys(other) or ()) for other in others)
    in_base = path != base and key in (rules.age_keys(base) or ())
    return [path, base] if in_base and not has_elsewhere else [path]


def _confirm_shared(context: Context, rules: "Rules", paths: list[Path], what: str) -> None:
    named = [document_path(context, name) for name in (*environments(context), BASE)]
    if rules.text is None:
        return
    shared = {other for path in paths for other in rules.shared_with(path, named) if other not in paths}
    if shared:
        also = ", ".join(sorted(environment_of(other) for other in shared))
        context.confirm(f"The same rule of {rules.path.name} holds for {also}: {what} there too. Go on?")


def _bring(context: Context, before: "Rules", after: "Rules", *, rotate: "list[Path] | tuple[()]") -> list[str]:
    """Save the rules, and bring every document for which they changed in line with them."""
    from airside.secrets.writing.saving import save

    touched = [path for path in documents(context) if _is_touched(before, after, path) or path in rotate]
    news = {}
    with desk(context) as at:
        for path in touched:
            sealed, _ = at.open(path)
            news[path] = sealed, at.rekey(path, sealed, after)
            if path in rotate or (rotate and after.age_keys(path) != before.age_keys(path)):
                news[path] = sealed, at.sops.rotate(news[path][1], at.private.path, what=path.name)
    save_rules(before, after)
    changed = []
    for path, (sealed, new) in news.items():
        if new != sealed:
            save(path, sealed, new)
            changed.append(shown(context, path))
    return changed


def _is_touched(before: "Rules", after: "Rules", path: Path) -> bool:
    from airside.secrets.outline import outline_of

    wanted = after.age_keys(path)
    if wanted is None:
        return False
    outline = outline_of(path)
    lacks = not set(wanted) <= set(outline.recipients if outline else ())
    return lacks or wanted != before.age_keys(path)


def _ever(context: Context, path: Path) -> list[str]:
    """Return the names of all committed versions of `path`, and of the one that is there."""
    from airside.base.errors import FindingsError, IntegrityError
    from airside.secrets.outline import read_outline
    from airside.secrets.writing.saving import read
    from airside.workspace.git import is_in_repository, open_repository

    versions = [read(path) or b""]
    if is_in_repository(context.workspace.root):
        repository = open_repository(context.workspace.root)
        versions += repository.contents(repository.versions(shown(context, path))).values()
    names: dict[str, None] = {}
    for data in versions:
        try:
            outline = read_outline(data, what=path.name)
        except (FindingsError, IntegrityError):
            context.output.progress(f"A committed version of {path.name} cannot be read; look at it yourself")
            continue
        names |= dict.fromkeys(".".join(entry) for entry in outline.entries)
    return list(names)


command.add_command(list_, "list")
command.add_command(add, "add")
command.add_command(remove, "remove")
