"""`airside keys generate`, `add`, `list`, `export` and `trust`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.cli.trust_editing import Grant
    from airside.signing.key_file import KeyDocument
    from airside.signing.trust import Trust

DEFAULT = "default"


@click.group("keys", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    r"""Make signing keys, and say whose signatures an environment demands.

    Your keys are in your own configuration folder. Whom a workspace trusts is in its trust.toml: it belongs in git.
    """


@verb
@click.argument("name", default=DEFAULT)
def generate(context: Context, name: str) -> None:
    r"""Make a signing key.

    An Ed25519 key, for your account alone. The key `default` signs whatever you deploy, promote and take back; any
    other one does when AIRSIDE_SIGNING_KEY names it.

    \b
    airside keys generate
    airside keys generate ci

    Exit codes: 2 there is a key of that name already.
    """
    document = context.keyring.generate(name)
    context.output.document(_as_json(document, None))
    shown = "" if name == DEFAULT else f" {name}"
    context.output.done(
        f"{context.keyring.folder / name}.pem is your signing key {document.keyid[:8]}. Keep it to yourself",
        then=f"airside keys export{shown} > my-key.json    for those who are to trust it",
    )


@verb
@click.argument("name")
@click.argument("uri")
def add(context: Context, name: str, uri: str) -> None:
    r"""Use a key that a KMS or Vault holds.

    Its public part is fetched and kept; it is signed with where it is. The library of the KMS has to be installed
    beside Airside, and finds its own credentials.

    \b
    airside keys add releases awskms:alias/releases
    airside keys add releases gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1
    airside keys add releases azurekms://my-vault/keys/releases
    airside keys add releases hv:releases

    Exit codes: 2 no such scheme, or its library is missing; 3 the KMS does not answer or denies access.
    """
    document = context.keyring.add(name, uri)
    context.output.document(_as_json(document, None))
    context.output.done(
        f"Key {name} is {document.uri}, {document.keyid[:8]}",
        then=f"airside keys trust {name} --environment production",
    )


@verb
def list_(context: Context) -> None:
    r"""List your signing keys, and those that trust.toml trusts.

    \b
    airside keys list --json

    Exit codes: 2 a key file or trust.toml does not hold.
    """
    own = list(context.keyring)
    trust = _trust_if_any(context)
    rows = [_as_json(document, trust) for document in own]
    if trust is not None:
        mine = {document.keyid for document in own}
        rows += [_foreign(name, trust) for name, key in trust.keys.items() if key.keyid not in mine]
    columns = ("key", "id", "where", "trusted as", "signs releases of", "moves")
    context.output.table(columns, map(_row, rows))
    context.output.document(rows)
    if not own and not context.output.as_json:
        context.output.say("  next: airside keys generate", style="dim")


@verb
@click.argument("name", default=DEFAULT)
@click.option("--as", "alias", metavar="NAME", help="What others are to call it.")
def export(context: Context, name: str, *, alias: str | None) -> None:
    r"""Print the public part of a key, to send to a colleague.

    \b
    airside keys export --as ana > ana.json

    Exit codes: 2 there is no such key.
    """
    from airside.signing.key_file import KeyDocument

    own = context.keyring.read(name)
    sys.stdout.write(KeyDocument.of(alias or own.name, own.key).to_bytes().decode())


@verb
@click.argument("key", metavar="KEY")
@click.option("--as", "alias", metavar="NAME", help="What to call it; without, what its owner does.")
@click.option("-e", "--environment", "environments", multiple=True, metavar="ENV", help="Where; may be repeated.")
@click.option("--releases", is_flag=True, help="To sign releases; so it is without --moves.")
@click.option("--moves", is_flag=True, help="To move the environment.")
@click.option("--threshold", type=click.IntRange(min=1), help="How many different keys have to sign a release there.")
@click.option("--remove", is_flag=True, help="Trust it no more: in these environments, or nowhere if none is named.")
def trust(
    context: Context,
    key: str,
    *,
    alias: str | None,
    environments: tuple[str, ...],
    releases: bool,
    moves: bool,
    threshold: int | None,
    remove: bool,
) -> None:
    r"""Trust a key, or trust it no more, in trust.toml.

    KEY is a file that `airside keys export` printed, or the name of a key of yours; with --remove, a name in
    trust.toml. ENV may be '*', for all that are not named, or 'preview/*'. Airflow hosts follow a copy of the file.

    \b
    airside keys trust ana.json --environment production
    airside keys trust ben.json --environment production --threshold 2
    airside keys trust default --as ana -e production --moves
    airside keys trust ana --remove

    Exit codes: 2 the key or trust.toml does not hold, before or after; then nothing was written.
    """
    from airside.cli.trust_editing import Grant, grant, revoke

    path = context.trust_file
    if threshold is not None and not environments:
        raise UsageError("--threshold is about environments", hint="Name them with --environment.")
    if remove:
        asked = Grant(environments, releases or not moves, moves or not releases, threshold)
        after = revoke(path, key, asked)
        _tell(context, after, f"{key} is trusted no more{_where(asked)}")
        return
    asked = Grant(environments, releases or not moves, moves, threshold)
    document = _key_document(context, key)
    name = alias or document.name
    if name == DEFAULT:
        raise UsageError(f"{name!r} says nobody whose key it is", hint="Name its owner with --as.")
    after = grant(path, context.workspace.name, name, document.key, asked)
    _tell(context, after, f"{name} ({document.keyid[:8]}) is trusted{_where(asked) or ' nowhere yet'}")


def _key_document(context: Context, key: str) -> "KeyDocument":
    from airside.signing.key_file import parse_key

    path = Path(key)
    if key in context.keyring.names() or not path.is_file():
        return context.keyring.read(key)
    return parse_key(path.read_bytes(), f"The file {path}")


def _where(asked: "Grant") -> str:
    return f" in {', '.join(asked.environments)}" if asked.environments else ""


def _tell(context: Context, after: "Trust", text: str) -> None:
    context.output.document({"file": str(context.trust_file), "keys": [_foreign(name, after) for name in after.keys]})
    name = context.trust_file.name
    context.output.done(text, then=f"git add {name}; after its review, copy it to the Airflow hosts")


def _trust_if_any(context: Context) -> "Trust | None":
    from airside.base.errors import WorkspaceError

    try:
        return context.trust
    except WorkspaceError:  # keys belong to an account; they are listed outside a workspace too
        return None


def _as_json(document: "KeyDocument", trust: "Trust | None") -> dict[str, object]:
    trusted = [name for name, key in trust.keys.items() if key.keyid == document.keyid] if trust else []
    where = {"name": document.name, "keyid": document.keyid, "uri": document.uri}
    return {**where, "trusted_as": trusted, **_rights(document.keyid, trust)}


def _foreign(name: str, trust: "Trust") -> dict[str, object]:
    keyid = trust.keys[name].keyid
    return {"name": None, "keyid": keyid, "uri": None, "trusted_as": [name], **_rights(keyid, trust)}


def _rights(keyid: str, trust: "Trust | None") -> dict[str, object]:
    rules = trust.rules.items() if trust else ()
    return {
        "releases": [name for name, rule in rules if keyid in {key.keyid for key in rule.releases.values()}],
        "moves": [name for name, rule in rules if keyid in {key.keyid for key in rule.moves.values()}],
    }


def _row(entry: dict[str, object]) -> tuple[str, ...]:
    lists = (entry["trusted_as"], entry["releases"], entry["moves"])
    trusted, releases, moves = (", ".join(value) if isinstance(value, list) else "" for value in lists)
    return (
        str(entry["name"] or "-"),
        str(entry["keyid"])[:8],
        str(entry["uri"] or "not yours"),
        trusted,
        releases,
        moves,
    )


for inner, name_ in ((generate, "generate"), (add, "add"), (list_, "list"), (export, "export"), (trust, "trust")):
    command.add_command(inner, name_)
