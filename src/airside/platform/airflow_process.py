"""Runs one component of Airflow, as a program: `python -m airside.platform.airflow_process scheduler`.

It differs from `python -m airflow` in the garbage collector's work alone:

* While Airflow is imported, CPython would search the growing heap for garbage hundreds of times and find
  none. With rarer searches the API server needs a third less processor time until it answers.
* When the component has ended, CPython would take the heap apart object by object, for seconds. The kernel
  does that at once.
"""

import atexit
import gc
import os
import runpy
import sys

_THRESHOLDS = (100_000, 20, 50)
"""Allocations between two searches of the youngest generation, and the multiples for the older ones."""


def main() -> None:
    """Run Airflow with the arguments of this process, and end with its exit code."""
    gc.set_threshold(*_THRESHOLDS)
    ending = {"code": 0}
    # The first that is registered runs last: after Airflow's own, which close the database and the logs.
    atexit.register(_end, os.getpid(), ending)
    try:
        sys.argv[0] = "airflow"
        runpy.run_module("airflow", run_name="__main__", alter_sys=True)
    except SystemExit as error:
        ending["code"] = _exit_code(error)
        raise
    except BaseException:
        ending["code"] = 1
        raise


def _exit_code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    return error.code if isinstance(error.code, int) else 1


def _end(process: int, ending: dict[str, int]) -> None:
    if os.getpid() != process:  # a forked child has an end of its own
        return
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ending["code"])


if __name__ == "__main__":
    main()
