"""What rendered scripts need on the machine that runs them."""


def required(*programs: str) -> str:
    """Return lines of bash that end a script with 1 where it lacks a program, before it has done anything."""
    return "\n".join(
        f"command -v {program} >/dev/null || "
        f'{{ echo "$0 needs the program {program}, which this machine has not" >&2; exit 1; }}'
        for program in programs
    )
