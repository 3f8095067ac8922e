"""Having Airflow replace secrets in logs by `***`.

Airflow masks the password of a connection, and its `extra` as one text; what is inside it only once somebody has
taken it apart (airflow/sdk/execution_time/context.py 3.3.2). And it masks line by line, so a key of several lines that
a task prints is not found.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Final

from airflow._shared.secrets_masker import mask_secret as mask_in_server
from airflow.sdk.log import mask_secret

from airside.secrets.forms import forms

SHORTEST: Final = 5
"""Characters of what Airflow masks where its configuration does not say."""


def mask(leaves: Iterable[str], *, basic: tuple[str | None, str | None] = (None, None)) -> None:
    """Have these texts masked, in this process and in the one that writes its log.

    Args:
        leaves: The secrets. Those that Airflow holds for too short are left out: it would warn of each.
        basic: A login and its password: HTTP's basic authentication sends the two in base64.
    """
    texts = {form for leaf in leaves if leaf for form in forms(leaf)}
    if basic[1]:
        texts.add(base64.b64encode(f"{basic[0] or ''}:{basic[1]}".encode()).decode())
    from airflow.sdk.configuration import conf  # noqa: PLC0415 - an attribute that Airflow makes at first use

    shortest = conf.getint("logging", "min_length_masked_secret", fallback=SHORTEST)
    if told := sorted(text for text in texts if len(text) >= shortest):
        # Two maskers: the one of Airflow's servers, and that of whatever runs code of a workflow.
        mask_in_server(list(told))
        mask_secret(list(told))


def leaves_of_json(text: str | None) -> Iterator[str]:
    """Yield every text inside `text`, where that is JSON."""
    try:
        yield from _texts(json.loads(text or "null"))
    except ValueError:
        return


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
