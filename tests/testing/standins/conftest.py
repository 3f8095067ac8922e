from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from standing_in import Start, Write

from airside.testing.standins.port import Running, StandIn, Surroundings
from airside.testing.standins.servers import Servers


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    servers = Servers()
    yield servers
    servers.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    return folder


@pytest.fixture
def write(folder: Path) -> Write:
    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            (folder / name).write_text(text)
        return folder

    return write


@pytest.fixture
def start(servers: Servers, folder: Path, tmp_path: Path) -> Iterator[Start]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    running: list[Running] = []

    def start(stand_in: StandIn, name: str = "dwh") -> Running:
        started = stand_in.start(name, Surroundings(folder, scratch, servers))
        running.append(started)
        return started

    yield start
    for each in running:
        each.close()
