"""The same files in every form that is measured: a store, plain objects, an archive, a git repository."""

import itertools
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import obstore
from bench.releases.publishing import Publication
from bench.releases.sources import changed, workflow_files, write_files
from bench.releases.subjects import bucket
from obstore.store import S3Store
from seaweed import BUCKET, Server

from airside.delivery.environments import require_current
from airside.store.opening import open_store

RELEASES = "releases"
ARCHIVE = "tree.tar.zst"
COMMITS = 1_000
_UPLOADS = 8


@dataclass(frozen=True)
class Stage:
    """`count` files on one S3 server, below `scratch`.

    Attributes:
        server: Where.
        counted: The port of a proxy in front of it that counts.
        scratch: A folder of its own.
        count: How many files.
    """

    server: Server
    counted: int
    scratch: Path
    count: int

    @property
    def tree(self) -> Path:
        """The folder with the files as they are now."""
        return self.scratch / "tree"

    @property
    def bare(self) -> Path:
        """The git repository that is served."""
        return self.scratch / "bare.git"

    @property
    def aged(self) -> Path:
        """A git repository like it whose files have changed often."""
        return self.scratch / "aged.git"

    @property
    def _plain(self) -> str:
        return f"plain/{self.count}"

    @cached_property
    def _names(self) -> list[str]:
        return [path for path, _ in workflow_files(self.count)]

    @cached_property
    def _bucket(self) -> S3Store:
        return bucket(self.server.url(self._plain), self.server.options)

    def prepare(self) -> None:
        """Put the files everywhere."""
        write_files(self.tree, self.count)
        Publication(**self.publication()).start()
        with ThreadPoolExecutor(_UPLOADS) as pool:
            list(pool.map(self._upload, self._names))
        archive = self.scratch / ARCHIVE
        subprocess.run(["tar", "-c", "--zstd", "-f", archive, "-C", self.tree, "."], check=True)
        obstore.put(bucket(self.server.url(f"floor/{self.count}"), self.server.options), ARCHIVE, archive.read_bytes())
        self._make_repositories()

    def change(self, number: int) -> tuple[str, str]:
        """Change one file in the folder, another one for each number, and return its path and its last line."""
        name = self._names[number]
        file = self.tree / name
        text = changed(file.read_text(), number)
        file.write_text(text)
        return name, text.splitlines(keepends=True)[-1]

    def spread(self, name: str) -> None:
        """Bring a changed file to all but the store."""
        self._upload(name)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "change")
        self._git("push", "--quiet", self.bare.as_uri(), "main")

    def publication(self, prefix: str = RELEASES, *, counted: bool = False) -> dict[str, Any]:
        """Return the arguments of a publication of the folder."""
        store = self.server.url(f"{prefix}/{self.count}")
        return {"store": store, "store_options": self._options(counted=counted), "folder": str(self.tree)}

    def ours(self, name: str, *, pinned: bool = False, counted: bool = False) -> dict[str, Any]:
        """Return the arguments of our bundle."""
        arguments = self.publication(counted=counted) | {"environment": "production", "name": name}
        del arguments["folder"]
        if pinned:
            store = open_store(arguments["store"], self.server.options)
            arguments["version"] = str(require_current(store, "production").pointer.tree)
        return arguments

    def s3(self, name: str, *, counted: bool = False) -> dict[str, Any]:
        """Return the arguments of Airflow's S3 bundle."""
        connection = "counted" if counted else "direct"
        return {"aws_conn_id": connection, "bucket_name": BUCKET, "prefix": self._plain, "name": name}

    def git(self, name: str, *, pinned: bool = False, aged: bool = False) -> dict[str, Any]:
        """Return the arguments of Airflow's git bundle. It clones through git's protocol, as from a server."""
        repository = (self.aged if aged else self.bare).as_uri()
        arguments = {"tracking_ref": "main", "repo_url": repository, "name": name}
        return arguments | {"version": self._git("rev-parse", "HEAD")} if pinned else arguments

    def floor(self, cache: Path, name: str) -> dict[str, Any]:
        """Return the arguments of the floor."""
        url = self.server.url(f"floor/{self.count}")
        return {"url": url, "store_options": self.server.options, "key": ARCHIVE, "cache": str(cache), "name": name}

    def _options(self, *, counted: bool) -> dict[str, str]:
        endpoint = f"http://127.0.0.1:{self.counted}"
        return self.server.options | ({"endpoint": endpoint} if counted else {})

    def _upload(self, name: str) -> None:
        obstore.put(self._bucket, name, (self.tree / name).read_bytes())

    def _make_repositories(self) -> None:
        """Make a repository as a server has it after a push, and one that is like it but has a past."""
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "first")
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", self.bare], check=True)
        self._git("push", "--quiet", self.bare.as_uri(), "main")
        subprocess.run(["git", "clone", "--quiet", "--bare", self.bare.as_uri(), self.aged], check=True)
        subprocess.run(["git", "fast-import", "--quiet"], cwd=self.aged, input=self._past(), text=True, check=True)

    def _past(self) -> str:
        """Return commits of one changed file each, for `git fast-import`."""
        commits = []
        for number, (path, text) in zip(range(COMMITS), itertools.cycle(workflow_files(self.count)), strict=False):
            content = changed(text, number)
            before = "from refs/heads/main^0\n" if number == 0 else ""
            commits.append(
                f"commit refs/heads/main\ncommitter bench <bench@example.com> {1_760_000_000 + number} +0000\n"
                f"data 6\nchange\n{before}M 100644 inline {path}\ndata {len(content.encode())}\n{content}\n"
            )
        return "".join(commits)

    def _git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.tree, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()


def connections(server: Server, counted: int) -> dict[str, str]:
    """Return the variables that tell Airflow the connections of the bundles."""
    variables = {"AIRFLOW_CONN_GIT_DEFAULT": json.dumps({"conn_type": "git"})}
    for name, port in (("DIRECT", server.port), ("COUNTED", counted)):
        extra = {"endpoint_url": f"http://127.0.0.1:{port}", "region_name": server.options["region"]}
        login = {"login": server.options["access_key_id"], "password": server.options["secret_access_key"]}
        variables[f"AIRFLOW_CONN_{name}"] = json.dumps({"conn_type": "aws", **login, "extra": extra})
    return variables
