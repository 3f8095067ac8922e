"""What the workflows of a release are and what they need, as plans compare them (docs/formats/descriptions.md).

It is made from Airflow's own DAG objects, and holds no value that changes from one parse to the next.
"""

from typing import Final, Literal

import msgspec
import zstandard

from airside.base.digest import Digest
from airside.base.errors import FindingsError, IntegrityError
from airside.release.encoding import Document, canonical, decode

MAX_DESCRIPTION_BYTES: Final = 64 * 1024 * 1024
"""Bytes of a description before compression: 50,000 workflows of five tasks fit."""

MAX_PACKED_DESCRIPTION_BYTES: Final = MAX_DESCRIPTION_BYTES + 1024 * 1024
"""Bytes of a description in a store: zstd makes what cannot be compressed larger by less than half a percent."""

_LEVEL = 3
"""zstd's own default, as for packs."""

Certainty = Literal["exact", "likely", "dynamic"]
"""`exact`: it will be asked for under this name. `likely`: the code says so, as far as it can be followed.
`dynamic`: it is asked for, and the name is made only when the task runs; `name` is the expression then."""

NeedKind = Literal[
    "connection", "variable", "pool", "config", "asset", "workflow", "template", "package", "environment-variable"
]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a workflow needs from where it runs.

    Attributes:
        kind: What it is.
        name: Its id, key or path; of a `workflow` the DAG id, of an `asset` its name or URI, of a `package` the module.
        certainty: How sure it is that it is needed, under this name.
        optional: The code goes on without it: a default is given, or the failure is caught.
        task: The task that needs it; None where reading the file does.
        file: Where it is asked for: a path in the tree.
        line: The line of that file, from 1.
    """

    kind: NeedKind
    name: str
    certainty: Certainty = "exact"
    optional: bool = False
    task: str | None = None
    file: str | None = None
    line: int | None = None


class TaskDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a workflow.

    Attributes:
        id: With the ids of its groups: ``load.orders``.
        operator: The name of its class.
        module: The module of that class.
        upstream: The ids of the tasks directly before it, sorted.
        line: Where it is made, in the file of the workflow; None where that is another file.
        retries: How often it is tried again.
        retry_delay: ``0:05:00``, hours, minutes, seconds.
        execution_timeout: In the same form; None without one.
        pool: Where it takes its slots.
        pool_slots: How many.
        queue: For the executors that have queues.
        executor: None where the default one runs it.
        owner: As the operator has it.
        trigger_rule: ``all_success``, …
        depends_on_past: Whether it waits for its own last run.
        priority_weight: As the operator has it.
        kind: Whether it is a setup or a teardown.
        mapped: Whether it is expanded when it runs.
        group: The id of its task group; None at the top.
        inlets: Assets that it reads, sorted.
        outlets: Assets that it writes, sorted.
        fingerprint: Changes when its arguments or the source of its callable change; 16 hexadecimal digits.
    """

    id: str
    operator: str
    module: str = ""
    upstream: tuple[str, ...] = ()
    line: int | None = None
    retries: int = 0
    retry_delay: str | None = None
    execution_timeout: str | None = None
    pool: str = "default_pool"
    pool_slots: int = 1
    queue: str | None = None
    executor: str | None = None
    owner: str = ""
    trigger_rule: str = "all_success"
    depends_on_past: bool = False
    priority_weight: int = 1
    kind: Literal["task", "setup", "teardown"] = "task"
    mapped: bool = False
    group: str | None = None
    inlets: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    fingerprint: str = ""


class WorkflowDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow.

    Attributes:
        id: Airflow's DAG id.
        file: The path in the tree of the file that defines it.
        line: Where it is made; None where that is another file.
        schedule: As Airflow shows it: ``@daily``, ``0 3 * * *``, ``Asset``; None without one.
        timetable: Airflow's own encoding of the timetable, JSON as text; None where it cannot be encoded.
        start_date: ISO 8601, UTC; None without one.
        end_date: In the same form.
        catchup: Whether missed intervals are run.
        max_active_runs: Runs at one time.
        max_active_tasks: Tasks at one time in a run.
        run_timeout: ``3:00:00``; None without one.
        owners: Of its tasks, sorted.
        tags: Sorted.
        documented: Whether it has a documentation or a description.
        params: The JSON of each parameter (its default and its schema), by name.
        paused_at_creation: What it asks for; None leaves that to Airflow's setting.
        assets: Assets that it is scheduled on, sorted; names or URIs.
        tasks: In the order of their ids.
        needs: What it needs, in the order of kind, name and place.
    """

    id: str
    file: str
    line: int | None = None
    schedule: str | None = None
    timetable: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    catchup: bool = False
    max_active_runs: int = 16
    max_active_tasks: int = 16
    run_timeout: str | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    documented: bool = False
    params: dict[str, str] = {}
    paused_at_creation: bool | None = None
    assets: tuple[str, ...] = ()
    tasks: tuple[TaskDescription, ...] = ()
    needs: tuple[Need, ...] = ()


class Description(Document, frozen=True, kw_only=True, tag_field="kind", tag="description"):
    """The workflows of one release.

    Attributes:
        workflows: In the order of their ids.
    """

    workflows: tuple[WorkflowDescription, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the canonical JSON, whose digest names the description."""
        return canonical(self)

    @property
    def digest(self) -> Digest:
        """The name of the description: the digest of its canonical JSON."""
        return Digest.of(self.to_bytes())


def describe(workflows: list[WorkflowDescription]) -> Description:
    """Return the description of these workflows, given in any order."""
    return Description(workflows=tuple(sorted(workflows, key=lambda workflow: workflow.id)))


def packed(description: Description) -> bytes:
    """Return a description as it is stored: one zstd frame, with content size and checksum.

    The bytes may differ between versions of zstd; the name of the object is the digest of what is in them.

    Raises:
        FindingsError: It is larger than any reader accepts.
    """
    data = description.to_bytes()
    if len(data) > MAX_DESCRIPTION_BYTES:
        raise FindingsError(
            f"The description of {len(description.workflows)} workflows has {len(data)} bytes, "
            f"more than {MAX_DESCRIPTION_BYTES}",
            hint="Divide the workspace: no Airflow serves so many workflows well.",
        )
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True).compress(data)


def unpack_description(data: bytes, digest: Digest) -> Description:
    """Return the description `digest` from its bytes in a store; never makes more than `MAX_DESCRIPTION_BYTES` bytes.

    Raises:
        IntegrityError: They are not that description.
        UsageError: A newer Airside wrote it.
    """
    what = f"Description {digest}"
    try:
        # zstandard allocates what the frame announces, whatever max_output_size is.
        if not 0 <= (announced := zstandard.frame_content_size(data)) <= MAX_DESCRIPTION_BYTES:
            raise IntegrityError(f"{what} announces {announced} bytes, and may have {MAX_DESCRIPTION_BYTES}")
        raw = zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise IntegrityError(f"{what} cannot be unpacked: {error}") from error
    if (found := Digest.of(raw)) != digest:
        raise IntegrityError(f"{what} holds other bytes: their digest is {found}")
    return parse_description(raw, what=what)


def parse_description(data: bytes, *, what: str) -> Description:
    """Return the description that these bytes of canonical JSON are.

    Raises:
        IntegrityError: They are none; the message names `what`.
        UsageError: A newer Airside wrote it.
    """
    return decode(data, Description, what=what)
