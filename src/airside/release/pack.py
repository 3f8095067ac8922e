"""Packs: the contents of many files in one zstd frame, so that a cold reader needs one request and not thousands."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec
import zstandard

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.source import SourceFile
from airside.release.tree import Size

MAX_PACK_BYTES: Final = 64 * 1024 * 1024
"""Bytes of an unpacked pack: whoever makes or reads a tree of any size holds a few packs in memory, and no more."""

MAX_PACKED_BYTES: Final = MAX_PACK_BYTES + 1024 * 1024
"""Bytes of a packed one: zstd makes what cannot be compressed larger by less than half a percent."""

_LEVEL = 3
"""zstd's own default: a tree of 15 MB in 60 ms, where level 9 takes five times as long for 8 % less."""


class Span(msgspec.Struct, frozen=True):
    """Where a content lies in an unpacked pack, in bytes."""

    offset: int
    size: int


class PackRef(msgspec.Struct, frozen=True, kw_only=True):
    """A pack as a manifest names it.

    Attributes:
        digest: Of its bytes in the store.
        size: Of its bytes in the store.
        raw_size: Of its unpacked bytes.
        codec: How it is packed.
    """

    digest: Digest
    size: Size
    raw_size: Size
    codec: Literal["zstd"]


class PackIndex(msgspec.Struct, frozen=True):
    """What is known of a pack without its bytes.

    Attributes:
        ref: Its name and sizes.
        spans: Where contents lie in it, by their SHA-256 in hexadecimal. It may hold others too.
    """

    ref: PackRef
    spans: Mapping[str, Span]


class Pack(PackIndex, frozen=True):
    """A pack that was built.

    Attributes:
        data: Its bytes in the store: one zstd frame, with content size and checksum.
    """

    data: bytes

    @property
    def digest(self) -> Digest:
        """The digest of `data`: its name in the store."""
        return self.ref.digest

    @property
    def raw_size(self) -> int:
        """The size of the unpacked bytes."""
        return self.ref.raw_size


def build_pack(files: Iterable[SourceFile]) -> Pack:
    """Return the pack of the contents of `files`: in the order of their paths, equal contents once."""
    contents: list[bytes] = []
    spans: dict[str, Span] = {}
    offset = 0
    for file in sorted(files, key=lambda file: file.path):
        if file.sha256 not in spans:
            spans[file.sha256] = Span(offset if file.content else 0, len(file.content))
            contents.append(file.content)
            offset += len(file.content)
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True)
    stream = compressor.compressobj(size=offset)  # the contents are nowhere copied into one piece
    data = b"".join([*map(stream.compress, contents), stream.flush()])
    return Pack(PackRef(digest=Digest.of(data), size=len(data), raw_size=offset, codec="zstd"), spans, data)


def unpack(data: bytes, *, digest: Digest, raw_size: int) -> bytes:
    """Return the unpacked bytes of the pack `data`; never makes more than `raw_size` bytes.

    Raises:
        IntegrityError: They are not the pack `digest`, or do not have `raw_size` bytes.
    """
    if raw_size > MAX_PACK_BYTES:
        raise IntegrityError(f"Pack {digest} claims to have {raw_size} bytes, more than {MAX_PACK_BYTES}")
    if (found := Digest.of(data)) != digest:
        raise IntegrityError(f"Pack {digest} holds other bytes: their digest is {found}")
    try:
        # zstandard allocates what the frame announces, whatever max_output_size is.
        announced = zstandard.frame_content_size(data)
        if announced != raw_size:
            raise IntegrityError(f"Pack {digest} announces {announced} bytes, and its manifest {raw_size}")
        raw = zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise IntegrityError(f"Pack {digest} cannot be unpacked: {error}") from error
    if len(raw) != raw_size:
        raise IntegrityError(f"Pack {digest} has {len(raw)} bytes, and its manifest says {raw_size}")
    return raw
