"""Publishing a signed release and moving an environment to it: what `airside deploy` does after its checks."""

import secrets
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from shipping import NOW, REQUEST, record_of

from airside.delivery.activate import Stamp, activate
from airside.delivery.moves import propose_deploy
from airside.delivery.publish import publish
from airside.release.record import Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.signing.signer import Signer
from airside.store.opening import open_store

TEMPLATE = record_of({})


class Publication:
    """The files of a folder, read and imported already, on their way to the environment `production` of a store."""

    def __init__(self, *, store: str, store_options: dict[str, str], folder: str) -> None:
        self.path = Path(folder)
        self._store = open_store(store, store_options)
        self._signer = _signer()
        self._files = [
            SourceFile(path=file.relative_to(self.path).as_posix(), content=file.read_bytes())
            for file in sorted(self.path.rglob("*.py"))
        ]
        self._workflows = tuple(Workflow(id=Path(file.path).stem, file=file.path) for file in self._files)

    def start(self) -> None:
        """Digest, sign, plan, pack what is new, upload, move."""
        tree = Tree.of_sources(self._files)
        record = replace(TEMPLATE, tree=tree.digest, workflows=self._workflows).signed(self._signer.sign)
        proposal = propose_deploy(self._store, REQUEST, record, tree)
        served = proposal.current.pointer.tree if proposal.current else None
        publish(self._store, self._files, record, base=served)
        stamp = Stamp(NOW, secrets.token_hex(16), self._signer.sign)
        activate(self._store, proposal.move, proposal.current, stamp)

    def refresh(self) -> None:
        """Do nothing: a publication is over when it is over."""


def _signer() -> Signer:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Signer.of_pem("bench", pem)
