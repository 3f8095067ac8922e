"""The life of a process that runs one workflow, from the fork to its end."""

import os
import pickle
import resource
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from airside.base.errors import AirsideError
from airside.inspection.facts import Failure
from airside.inspection.forking import FAILURE, RESULT, Allowance, Ends, Job, next_payload, take_over, write
from airside.inspection.places import Tree
from airside.testing.processes import doing
from airside.testing.processes.covering import measure
from airside.testing.processes.leftovers import COPY
from airside.testing.processes.sample import run_again
from airside.testing.processes.sharing import shareable
from airside.testing.processes.work import Done, Raised, Work

SPARE: Final = Job(0, "spare", Tree(Path("/dev")), b"", 0.0)
"""The work of a process that waits for work."""


def live(job: Job, ends: Ends, allowance: Allowance) -> NoReturn:
    """Do the work in this process, which was just forked for it, and end."""
    own = os.getpid()
    # What the workflow forks ends with the run, and not before: the process that forks runs adopts and ends it.
    take_over(ends, copies_die=False)
    payload = job.payload
    try:
        if job.kind == SPARE.kind:
            # Every page that Python touches is copied: four fifths of a run, which nobody waits for now.
            run_again()
            payload = next_payload(ends.jobs)
        said = RESULT + _done(msgspec.msgpack.decode(payload, type=Work), allowance)
    except BaseException:  # noqa: BLE001 - whatever it is, the other side has to be told
        failure = Failure(kind="exception", message="the run failed", traceback=traceback.format_exc())
        said = FAILURE + msgspec.msgpack.encode(failure)
    # A workflow that forks comes here twice, and the second time it is nobody's answer.
    if os.getpid() != own:
        os._exit(COPY)
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        sys.stderr.flush()
    write(ends.result, said)
    # Threads and exit handlers of what the workflow imported are nobody's concern.
    os._exit(0)


def _done(work: Work, allowance: Allowance) -> bytes:
    _move_to(Path(work.scratch))
    before = frozenset(sys.modules)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (allowance.data_bytes, hard))
    end = None if work.covering is None else measure(work.covering, Path(work.root))
    try:
        result = doing.KINDS[work.kind](work)
    except AirsideError as error:
        result = Raised(error)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    return pickle.dumps(Done(result, shareable(before), None if end is None else end()))


def _move_to(scratch: Path) -> None:
    """Let all that has no place of its own be written below `scratch`."""
    os.chdir(scratch)
    for name in ("HOME", "TMPDIR"):
        os.environ[name] = str(scratch)  # noqa: TID251 - that of the code of the workflow
    tempfile.tempdir = None
