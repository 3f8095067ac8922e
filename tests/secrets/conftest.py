import pytest
from sealed import Identity, make_identity

from airside.secrets.identities import Keys, load_keys


@pytest.fixture(scope="session")
def identity() -> Identity:
    return make_identity()


@pytest.fixture(scope="session")
def keys(identity: Identity) -> Keys:
    return load_keys(identity.variables)
