"""Images for tests, made from Debian's packages: they stay in podman's storage until what they follow from changes.

`debian` stands where `apache/airflow` does, `postgres` and `redis` where the images of those names do: what a rendered
file may ask of those, these have.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from containers import Podman

REPOSITORY = "localhost/airside-test-"
SUITE = "bookworm"
_MIRROR = "http://deb.debian.org/debian"
_PACKAGES = (
    "bash",
    "ca-certificates",
    "curl",
    "dumb-init",
    "git",
    "openssh-client",
    "procps",
    "python3",
    "python3-venv",
)
_ROOT = Path(__file__).resolve().parents[2]
_DAY = 86400.0
_POSTGRES = Path("container_postgres.sh")

_DEBIAN_SETUP = """\
set -eu
useradd --uid 50000 --gid 0 --create-home --shell /bin/bash airflow
mkdir -p /opt/airflow/logs /opt/airflow/dags
chown -R airflow:0 /opt/airflow /home/airflow
chmod -R g+rwX /opt/airflow /home/airflow
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
mkdir -p /etc/uv
printf 'native-tls = true\n' >/etc/uv/uv.toml
printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >/etc/pip.conf
"""

_TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")
"""Whom this machine trusts where it gets packages from, the image trusts too."""

_POSTGRES_FILE = """\
FROM {base}
USER root
RUN apt-get update && apt-get install -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/*
COPY container_postgres.sh /usr/local/bin/docker-entrypoint.sh
RUN mkdir -p /var/lib/postgresql/data && chown postgres:postgres /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
"""

_REDIS_FILE = """\
FROM {base}
USER root
RUN apt-get update && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
RUN mkdir /data && chown redis:redis /data
VOLUME /data
WORKDIR /data
USER redis
EXPOSE 6379
CMD ["redis-server", "--protected-mode", "no"]
"""


def debian(podman: Podman) -> str:
    """Return an image with Debian, python3 and an account `airflow` as Airflow's own image has it, nothing else."""
    tag = _tag("debian", SUITE, *_PACKAGES, _DEBIAN_SETUP, _TRUSTED.read_text())
    if not _exists(podman, tag):
        with tempfile.TemporaryDirectory(prefix="airside-debian-", dir="/var/tmp") as folder:
            _bootstrap(Path(folder) / "root")
            _import(podman, Path(folder) / "root", tag)
        forget_others(podman, tag)
    podman("tag", tag, f"{REPOSITORY}debian:{SUITE}")
    return f"{REPOSITORY}debian:{SUITE}"


def postgres(podman: Podman) -> str:
    """Return an image with Postgres that is told what to make as the image `postgres` is."""
    script = (Path(__file__).parent / _POSTGRES).read_text()
    return _built(podman, "postgres", {"Containerfile": _POSTGRES_FILE, _POSTGRES.name: script})


def redis(podman: Podman) -> str:
    """Return an image with Redis that is used as the image `redis` is."""
    return _built(podman, "redis", {"Containerfile": _REDIS_FILE})


def airflow(podman: Podman, context: Path, name: str = "airflow") -> str:
    """Build the rendered image whose files are in `context`, unless they were built before, and return its name."""
    files = sorted(path for path in context.rglob("*") if path.is_file())
    digest = hashlib.sha256(debian(podman).encode())
    for path in files:
        digest.update(f"{path.relative_to(context)}\0".encode() + path.read_bytes())
    tag = f"{REPOSITORY}{name}:{digest.hexdigest()[:16]}"
    if not _exists(podman, tag):
        podman.build(context, tag)
        forget_others(podman, tag)
    return tag


def wheel(folder: Path) -> Path:
    """Make a wheel of the working tree's Airside in `folder`, and return it; the same tree makes the same bytes."""
    uv = shutil.which("uv") or "uv"
    words = [uv, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(_ROOT)]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    return next(folder.glob("airside-*.whl"))


def _bootstrap(root: Path) -> None:
    words = ["debootstrap", "--variant=minbase", f"--include={','.join(_PACKAGES)}", SUITE, str(root), _MIRROR]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode != 0:
        raise AssertionError(f"debootstrap: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    shutil.copy(_TRUSTED, root / str(_TRUSTED).lstrip("/"))
    subprocess.run(["chroot", root, "sh", "-c", _DEBIAN_SETUP], check=True)


def _import(podman: Podman, root: Path, tag: str) -> None:
    packed = root.parent / "root.tar"
    subprocess.run(["tar", "--directory", root, "--create", "--file", packed, "."], check=True)
    podman("import", "--change", 'CMD ["bash"]', "--change", "WORKDIR /opt/airflow", str(packed), tag)


def _built(podman: Podman, name: str, files: Mapping[str, str]) -> str:
    base = debian(podman)
    tag = _tag(name, podman("image", "inspect", "--format", "{{.Id}}", base), *files.values())
    if not _exists(podman, tag):
        with tempfile.TemporaryDirectory(prefix="airside-image-") as folder:
            for path, text in files.items():
                (Path(folder) / path).write_text(text.format(base=base) if path == "Containerfile" else text)
                os.chmod(Path(folder) / path, 0o755)  # noqa: PTH101, S103 - a script is run
            podman.build(Path(folder), tag)
        forget_others(podman, tag)
    return tag


def _tag(name: str, *follows_from: str) -> str:
    digest = hashlib.sha256("\0".join(follows_from).encode()).hexdigest()
    return f"{REPOSITORY}{name}:{digest[:16]}"


def _exists(podman: Podman, tag: str) -> bool:
    return bool(podman("images", "--quiet", tag))


def forget_others(podman: Podman, tag: str) -> None:
    """Remove the images of earlier days; those of today another run of tests may be about to use."""
    repository, _, kept = tag.rpartition(":")
    for line in podman("images", "--format", "{{.Repository}}:{{.Tag}}", repository).splitlines():
        made = podman("image", "inspect", "--format", "{{.Created.Unix}}", line, check=False)
        if line.rpartition(":")[2] not in {kept, SUITE} and made and time.time() - float(made) > _DAY:
            podman("rmi", line, check=False)
