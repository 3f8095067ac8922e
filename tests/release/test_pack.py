import tracemalloc

import pytest
import trees
import zstandard
from hypothesis import given

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.pack import MAX_PACK_BYTES, build_pack, unpack
from airside.release.source import SourceFile

FIXED = build_pack(trees.FIXED)


@given(trees.sources)
def test_every_content_comes_out_of_its_span(files: list[SourceFile]) -> None:
    pack = build_pack(files)
    raw = unpack(pack.data, digest=pack.digest, raw_size=pack.raw_size)
    for file in files:
        span = pack.spans[file.sha256]
        assert raw[span.offset : span.offset + span.size] == file.content


@given(trees.sources)
def test_a_pack_depends_on_no_order_and_holds_equal_contents_once(files: list[SourceFile]) -> None:
    pack = build_pack(files)
    assert build_pack(reversed(files)).data == pack.data
    assert pack.raw_size == sum(len(content) for content in {file.content for file in files})


def test_contents_lie_in_the_order_of_their_paths() -> None:
    raw = unpack(FIXED.data, digest=FIXED.digest, raw_size=FIXED.raw_size)
    assert raw == (
        b"helpers/\n" + b"" + b"from airflow.sdk import dag\n" + "select 'größe'\n".encode() + b"#!/bin/sh\nexec true\n"
    )


def test_a_pack_is_one_frame_with_checksum_and_content_size() -> None:
    parameters = zstandard.get_frame_parameters(FIXED.data)
    assert parameters.has_checksum
    assert parameters.content_size == FIXED.raw_size


def test_the_pack_of_nothing_is_empty() -> None:
    pack = build_pack([SourceFile("dags/__init__.py", b"")])
    assert unpack(pack.data, digest=pack.digest, raw_size=0) == b""


def test_every_flipped_bit_is_detected() -> None:
    for flipped in trees.flips(FIXED.data):
        with pytest.raises(IntegrityError):
            unpack(flipped, digest=FIXED.digest, raw_size=FIXED.raw_size)


@pytest.mark.parametrize("data", [b"", FIXED.data[:-1], FIXED.data + b"\x00", FIXED.data * 2, b"not zstd"])
def test_truncated_extended_and_swapped_packs_are_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError, match="holds other bytes"):
        unpack(data, digest=FIXED.digest, raw_size=FIXED.raw_size)
    with pytest.raises(IntegrityError):  # even where somebody renamed them
        unpack(data, digest=Digest.of(data), raw_size=FIXED.raw_size)


@pytest.mark.parametrize("raw_size", [0, FIXED.raw_size - 1, FIXED.raw_size + 1, MAX_PACK_BYTES + 1])
def test_a_pack_of_another_size_than_its_manifest_says_is_refused(raw_size: int) -> None:
    with pytest.raises(IntegrityError, match="bytes"):
        unpack(FIXED.data, digest=FIXED.digest, raw_size=raw_size)


def test_a_bomb_is_refused_before_it_takes_memory() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(256 * 1024 * 1024))
    assert len(bomb) < 20_000
    tracemalloc.start()
    try:
        with pytest.raises(IntegrityError, match="announces 268435456 bytes"):
            unpack(bomb, digest=Digest.of(bomb), raw_size=1000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_that_announces_no_size_is_refused() -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 20))
    with pytest.raises(IntegrityError, match="announces"):
        unpack(bomb, digest=Digest.of(bomb), raw_size=1000)


def test_a_frame_that_holds_more_than_it_announces_is_refused() -> None:
    honest = zstandard.ZstdCompressor(write_checksum=False).compress(b"x" * 100)
    header = zstandard.frame_header_size(honest)
    lying = bytearray(honest)
    lying[header - 1] = 50  # the content size is the last byte of this header
    with pytest.raises(IntegrityError):
        unpack(bytes(lying), digest=Digest.of(lying), raw_size=50)
