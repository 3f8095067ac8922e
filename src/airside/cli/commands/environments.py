"""`airside environments`."""

from airside.cli.context import Context
from airside.cli.verb import verb
from airside.delivery.environments import environment_names, read_current
from airside.release.pointer import Pointer


@verb
def command(context: Context) -> None:
    r"""List the environments and what each one serves.

    Those that `airside.toml` declares, and those that only the store has.

    \b
    airside environments --json

    Exit codes: 4 the store does not answer.
    """
    declared = context.workspace.settings.environments
    names = list(dict.fromkeys([*declared, *environment_names(context.store)]))
    pointers = {name: (current.pointer if (current := read_current(context.store, name)) else None) for name in names}
    columns = ("environment", "generation", "release", "tree", "moved by", "at", "")
    context.output.table(columns, (_row(name, pointers[name], declared=name in declared) for name in names))
    context.output.document([_document(name, pointers[name], declared=name in declared) for name in names])


def _row(name: str, pointer: Pointer | None, *, declared: bool) -> tuple[str, ...]:
    notes = [] if declared else ["not in airside.toml"]
    if pointer is None:
        return name, "-", "nothing deployed", "", "", "", ", ".join(notes)
    if pointer.pin:
        notes.append("pinned")
    values = (str(pointer.generation), pointer.release, pointer.tree.short, pointer.actor, pointer.at)
    return name, *values, ", ".join(notes)


def _document(name: str, pointer: Pointer | None, *, declared: bool) -> dict[str, object]:
    return {
        "environment": name,
        "declared": declared,
        "generation": pointer.generation if pointer else None,
        "release": pointer.release if pointer else None,
        "tree": pointer.tree if pointer else None,
        "pinned": bool(pointer and pointer.pin),
    }
