"""Whether the file of a film ends where its container does: for formats whose header promises no length.

FFmpeg reads a torn file to its end and keeps that to itself. Where a file is torn between two pictures and
its format marks no end, as in transport streams, nobody can tell.
"""

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

_TS_PACKETS = (188, 192, 204)
"""Bytes of a packet of a transport stream; a whole one is made of nothing else."""
_TS_SYNC = 0x47
_TS_LOOKED_AT = 5
"""Packets whose first bytes say how long they are."""
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
"""The only elements of Matroska that may be of unknown size; recorders write them so while they record."""
_OGG_PAGE = struct.Struct("<5xB20xB")
"""Of the head of a page: its flags and the number of its pieces, whose lengths follow."""
_OGG_LONGEST_PAGE = 65307
_OGG_LAST = 4
"""Flag of the last page of a stream."""
_ASF_HEADER = 2**16
"""Bytes in which the properties of the file stand."""
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_FACTS = struct.Struct("<64xQ8xQI")
"""Of the properties: how long it is with the preroll (tenths of a microsecond), the preroll (ms), flags."""
_ASF_LIVE = 1
"""Flag: the other figures say nothing."""


def ends_early(path: Path, form: str) -> bool:
    """Whether a file ends within its container.

    Args:
        path: the file.
        form: FFmpeg's names of its format, with commas between.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        return any(_LOOKS[name](file, size) for name in form.split(",") if name in _LOOKS)


def asf_seconds(path: Path) -> Fraction | None:
    """How long the header of an ASF film (.wmv) says that it is; FFmpeg forgets it where the file is torn.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = file.read(_ASF_HEADER)
    at = header.find(_ASF_PROPERTIES)
    if at < 0 or len(header) < at + _ASF_FACTS.size:
        return None
    ticks, milliseconds, flags = _ASF_FACTS.unpack_from(header, at)
    seconds = Fraction(ticks, 10_000_000) - Fraction(milliseconds, 1000)
    return None if flags & _ASF_LIVE or seconds <= 0 else seconds


def _transport_stream(file: BinaryIO, size: int) -> bool:
    begin = file.read(_TS_LOOKED_AT * max(_TS_PACKETS))
    for packet in _TS_PACKETS:
        # Blu-ray and AVCHD put four bytes of time before each packet.
        first = 4 if packet == 192 else 0
        marks = begin[first::packet][:_TS_LOOKED_AT]
        if marks and set(marks) == {_TS_SYNC}:
            return size % packet > 0
    return False  # begins in the middle of one


def _matroska(file: BinaryIO, size: int) -> bool:
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(12)
        name, name_bytes = _ebml_number(head, marked=True)
        length, length_bytes = _ebml_number(head[name_bytes:], marked=False)
        if not name_bytes or not length_bytes:
            return True
        at += name_bytes + length_bytes
        unknown = length == (1 << 7 * length_bytes) - 1
        if name == _SEGMENT and not unknown:
            return at + length > size
        if name not in (_SEGMENT, _CLUSTER) or (name == _CLUSTER and not unknown):
            at += length
    return at > size


def _ebml_number(head: bytes, *, marked: bool) -> tuple[int, int]:
    """A number of Matroska, with or without the mark of its length, and its bytes; 0 bytes for none."""
    count = 9 - head[0].bit_length() if head and head[0] else 0
    if not count or len(head) < count:
        return 0, 0
    number = int.from_bytes(head[:count], "big")
    return (number if marked else number & ((1 << 7 * count) - 1)), count


def _ogg(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - _OGG_LONGEST_PAGE))
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + _OGG_PAGE.size:
        return True
    flags, pieces = _OGG_PAGE.unpack_from(tail, at)
    lengths = tail[at + _OGG_PAGE.size :][:pieces]
    is_whole = len(tail) - at >= _OGG_PAGE.size + pieces + sum(lengths)
    return not (is_whole and flags & _OGG_LAST)


def _mp4(file: BinaryIO, size: int) -> bool:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, _, long = struct.unpack(">I4sQ", file.read(16).ljust(16, b"\0"))
        length = {0: size - at, 1: long}.get(length, length)
        at += max(8, length)
    return at > size


_LOOKS: dict[str, Callable[[BinaryIO, int], bool]] = {
    "mpegts": _transport_stream,
    "matroska": _matroska,
    "ogg": _ogg,
    "mov": _mp4,
}
