"""What stands without quotes in YAML means here what it means to sops."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed import Identity, decrypted, seal

from airside.secrets.markup import load_markup

# Whole numbers of more than 63 bits are left out: sops 3.11 cannot encrypt those between 2**63 and 2**64.
NUMBERS = st.from_regex(r"[-+]?(0[xob]?)?[0-9a-f_]{0,6}(\.[0-9_]{0,4})?([eE][-+]?[0-9]{1,2})?", fullmatch=True)
DATES = st.from_regex(
    r"(19|20)[0-9]{2}-[0-2]?[0-9]-[0-3]?[0-9]"
    r"([Tt ][0-2]?[0-9]:[0-6]?[0-9]:[0-6]?[0-9](\.[0-9]{1,10})?(Z|[-+][01][0-9]:[0-5][0-9])?)?",
    fullmatch=True,
)
WORDS = st.sampled_from(
    [
        *(
            "~",
            "null",
            "Null",
            "NULL",
            "nUll",
            "true",
            "True",
            "TRUE",
            "tRue",
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "n",
            "=",
            "<<",
            "12:30",
        ),
        *(
            "190:20:30",
            "1e",
            ".5",
            "5.",
            ".",
            "..",
            "0.",
            "+1",
            "-",
            "+",
            "1__0",
            "_1",
            "0o8",
            "089",
            "1.5.2",
            "0_7",
            "1e400",
            "-1e999",
            ".1e400",
            "1900-1-1T0:0:0-00:00",
        ),
    ]
)
SCALARS = st.one_of(NUMBERS, DATES, WORDS).filter(lambda text: text != "-")


@pytest.mark.slow
@given(scalars=st.lists(SCALARS, min_size=60, max_size=60))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_unquoted_scalar_means_what_it_means_to_sops(identity: Identity, scalars: list[str]) -> None:
    text = "".join(f"v{number}: {scalar}\n" for number, scalar in enumerate(scalars))
    theirs = json.loads(decrypted(seal(text, identity), identity))
    ours = load_markup(text.encode(), what="fuzzed")
    different = {
        scalar: (ours[key], theirs[key])
        for key, scalar in zip(ours, scalars, strict=True)
        if shown(ours[key]) != shown(theirs[key])
    }
    assert different == {}


def shown(value: object) -> str:
    """Return what is compared: the type counts, the sign of a zero does not, since Python's JSON loses it."""
    return json.dumps(value).replace("-0.0", "0")
