"""What the checks have in common."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from airside.base.errors import CheckFailedError, UsageError

_NO_ID: Final = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST: Final = 100

COLOUR: Final = "#d5f0e3"

_log = logging.getLogger(__name__)


class _FinalError(CheckFailedError, AirflowFailException):  # type: ignore[misc]  # Airflow's class is untyped here
    """A failed check that Airflow does not try again, whatever the retries of its task."""


_FinalError.__name__ = CheckFailedError.__name__  # what a log, and an alert, calls it


class Check:
    """Looks at one thing, changes nothing, and fails with a reason. Beside a class of operators.

    Attributes:
        is_final: Whether a failure ends the run at once. Then the retries are for a worker that was lost.
    """

    ui_color = COLOUR
    is_final = True

    def execute(self, context: Any) -> None:  # noqa: ANN401, ARG002 - Airflow's signature
        """Look, and say what was found.

        Raises:
            CheckFailedError: It is not as it should be.
        """
        try:
            _log.info("%s", self.look())
        except CheckFailedError as error:
            if self.is_final:
                raise _FinalError(error.message) from error.__cause__
            raise

    def look(self) -> str:
        """Return what was found, as one sentence.

        Raises:
            CheckFailedError: It is not as it should be.
        """
        raise NotImplementedError


class CheckOperator(Check, BaseOperator):  # type: ignore[misc]  # Airflow's class is untyped here
    """A check that needs no provider."""


C = TypeVar("C", bound=Check)


def make(operator: Callable[..., C], name: str, given: Mapping[str, Any], **own: Any) -> C:
    """Return the operator of a check.

    Args:
        operator: Its class.
        name: What its id is made of, unless one is given.
        given: What the author says of the task. With `retries` a failed check is tried again, too.
        **own: What the class takes.
    """
    arguments = {"task_id": _NO_ID.sub("_", name)[:_LONGEST].strip("_"), "retries": 1, **given}
    check = operator(**own, **arguments)
    check.is_final = "retries" not in given
    return check


def failed(thing: str, reason: object) -> CheckFailedError:
    """Return the error that names the thing and the reason, in one line."""
    return CheckFailedError(f"{thing} {' '.join(str(reason).split())}")


@contextmanager
def provider(package: str, what: str) -> Iterator[None]:
    """Around the import of a provider: say which one is missing.

    Raises:
        UsageError: It is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{what} needs {package}, which is not installed here ({error.name} is missing): add it to requirements.txt"
        ) from error
