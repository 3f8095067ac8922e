"""Every error that Airside raises on purpose.

* AirsideError
    * UsageError (2): the command, a file of the workspace or a name in it is wrong
        * WorkspaceError: there is no workspace, or `airside.toml` is not valid
        * UnknownEnvironmentError: the environment is not declared
        * ConfigError: a config cannot be read, or is not what it should be
            * MissingConfigError: there is no config, or no key of one, with this name
    * FindingsError (1): the work was done and what it found is bad
        * CheckFailedError: what a workflow needs is not as it should be
    * PlatformError (1): the Airflow on this machine failed or is not there
    * RefusedError (3): the state of the world forbids the move
        * LostRaceError: somebody else moved the environment first
        * PinnedError: the environment is pinned
        * DirtyTreeError: the working tree has changes that no commit holds
    * StoreError (4): the store cannot be used
        * StoreUnavailableError: it does not answer, or denies access
        * StoreIncapableError: it lacks what releases need
    * IntegrityError (5): bytes are not what their name says
        * UntrustedError: nobody who is trusted has signed them

One handler, in `airside.cli`, shows them. Nothing below it prints or exits.
"""

from typing import ClassVar


class AirsideError(Exception):
    """Something that the user can understand and act on.

    Attributes:
        message: What failed, and on which object. One sentence without a full stop at the end of a name.
        hint: The next step, as an instruction; None where there is none.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AirsideError):
    """The command, a file of the workspace or a name in it is wrong."""

    exit_code = 2


class WorkspaceError(UsageError):
    """There is no workspace here, or its settings are not valid."""


class UnknownEnvironmentError(UsageError):
    """The environment is not declared in `airside.toml`, or nothing was ever deployed to it."""


class ConfigError(UsageError):
    """A config cannot be read, or is not what it should be."""


class MissingConfigError(ConfigError, KeyError, AttributeError):
    """There is no config, or no key of one, with this name: an error as a mapping and an object have it."""

    def __str__(self) -> str:
        # That of `KeyError` would be the repr.
        return self.message


class FindingsError(AirsideError):
    """The work was done, and what it found is bad."""

    exit_code = 1


class CheckFailedError(FindingsError):
    """A check of a workflow found that what its work needs is not as it should be."""


class PlatformError(AirsideError):
    """The Airflow on this machine failed, or is not there."""

    exit_code = 1


class RefusedError(AirsideError):
    """The state of the world forbids the move; nothing was changed."""

    exit_code = 3


class LostRaceError(RefusedError):
    """Somebody else moved the environment first."""


class PinnedError(RefusedError):
    """The environment is pinned and moves only when it is unpinned."""


class DirtyTreeError(RefusedError):
    """The working tree has changes that no commit holds."""


class StoreError(AirsideError):
    """The store cannot be used."""

    exit_code = 4


class StoreUnavailableError(StoreError):
    """The store does not answer, or denies access."""


class StoreIncapableError(StoreError):
    """The store lacks an ability that releases need, such as compare-and-swap."""


class IntegrityError(AirsideError):
    """Bytes are not what their name says."""

    exit_code = 5


class UntrustedError(IntegrityError):
    """Nobody who is trusted has signed these bytes, or too few have."""
