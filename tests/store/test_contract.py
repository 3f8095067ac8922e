"""Every adapter keeps the duties of a store: a folder, memory, and a bucket of a real S3 server."""

from airside.base.errors import StoreUnavailableError
from airside.conformance.store_contract import StoreContract
from airside.store.port import OutcomeUnknownError


class TestEveryAdapter(StoreContract):
    """The fixtures `store` and `reopen` are those of this folder: one of each adapter."""


def test_an_unknown_outcome_counts_as_unavailable() -> None:
    assert issubclass(OutcomeUnknownError, StoreUnavailableError)
