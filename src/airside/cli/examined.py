"""What `airside doctor` is to look at, by what it was asked and what there is."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import AirsideError
from airside.base.names import is_channel
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.store_options import names_store, store_opener, trust_file
from airside.delivery.environments import pointer_names
from airside.delivery.trusting import Guard
from airside.platform.diagnosis.airflow import airflow_findings
from airside.platform.diagnosis.environments import environment_findings
from airside.platform.diagnosis.findings import Examination, Finding
from airside.platform.diagnosis.keys import private_file_findings, signing_findings, trust_findings
from airside.platform.diagnosis.machine import machine_findings
from airside.platform.diagnosis.store import store_findings
from airside.platform.diagnosis.workspace import workspace_findings
from airside.secrets.keys import key_file


@dataclass(frozen=True)
class Asked:
    """What the options ask for.

    Attributes:
        context: The invocation.
        url: The store, where one is named.
        options: How to reach it.
        trust: The trust file, where one is named.
        writes: Whether this machine is to deploy.
    """

    context: Context
    url: str | None
    options: Sequence[str]
    trust: Path | None
    writes: bool

    def everything(self) -> Iterator[Examination]:
        """Yield all examinations. Without a workspace and a store, all that can be said is about the machine."""
        yield Examination("machine", self._machine)
        if self._has_workspace():
            yield Examination("workspace", self._workspace)
            yield Examination("keys", self._secrets_key)
            yield Examination("keys", self._signing_key)
            yield Examination("keys", self._trust)
            yield Examination("airflow", self._airflow)
        elif not names_store(self.url):
            yield Examination("workspace", self._workspace)
            return
        yield self.store()

    def store(self) -> Examination:
        """Return the examination of the store and its environments."""
        return Examination("store", self._store)

    def _has_workspace(self) -> bool:
        try:
            return bool(self.context.workspace)
        except AirsideError:  # the examination says why
            return False

    def _declared(self) -> tuple[str, ...]:
        return tuple(self.context.workspace.settings.environments)

    def _machine(self) -> Iterable[Finding]:
        return machine_findings(Path(sys.executable).parent, environ.variables())

    def _workspace(self) -> Iterable[Finding]:
        return workspace_findings(self.context.workspace)

    def _airflow(self) -> Iterable[Finding]:
        opener = store_opener(self.context, self.url, self.options)
        return airflow_findings(self.context.workspace, opener, self.context.now())

    def _secrets_key(self) -> Iterable[Finding]:
        variables = environ.variables()
        configured = variables.get("SOPS_AGE_KEY_FILE")
        key = Path(configured) if configured else key_file(environ.configuration_folder(variables))
        return private_file_findings(key, "your key for secrets", "You have no key for secrets here yet")

    def _signing_key(self) -> Iterable[Finding]:
        return signing_findings(self.context.signer, self.context.trust)

    def _trust(self) -> Iterable[Finding]:
        # In a workspace reviews guard the file; elsewhere its mode has to.
        names = self._declared()
        return trust_findings(self.trust or self.context.trust_file, names, guarded=self.trust is not None)

    def _store(self) -> Iterator[Finding]:
        store = store_opener(self.context, self.url, self.options)()
        yield from store_findings(store, self.context.now, writes=self.writes)
        named = names_store(self.url)
        there = pointer_names(store)
        names = there if named else [*self._declared(), *filter(is_channel, there)]
        demands = trust_file(self.context, self.trust, self.url)
        yield from environment_findings(store, [(name, Guard(demands, name)) for name in names], self.context.now())
