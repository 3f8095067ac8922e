"""Errors as a person who writes tests sees them: where their own code stands, what is wrong, and what to do."""

from pathlib import Path
from typing import Final

from airside.base.errors import AirsideError

_OURS: Final = str(Path(__file__).parents[2])
"""The folder of the package."""


def shorten(error: BaseException) -> None:
    """End the traceback of an error that we raise at the line that called us, and add its hint.

    Any other error stays as it is: it is a mistake, of the test or of ours, and every frame of it helps.
    """
    if not isinstance(error, AirsideError | AssertionError):
        return
    last, position = None, error.__traceback__
    while position is not None:
        if not position.tb_frame.f_code.co_filename.startswith(_OURS):
            last = position
        position = position.tb_next
    if last is None or last.tb_next is None:
        return
    last.tb_next = None
    if isinstance(error, AirsideError) and error.hint:
        error.add_note(error.hint)
    error.__cause__, error.__suppress_context__ = None, True
