"""What phones and tools write into MP4 films, written by hand: how to turn the picture, what to leave out."""

import struct

RIGHT_WAY_UP = (1, 0, 0, 1)
"""a, b, c, d of the matrix: the point (x, y) is shown at (a x + c y, b x + d y)."""


def turn(path, matrix):
    """Have every player turn the picture."""
    a, b, c, d = matrix
    numbers = [each << 16 for each in (a, b, 0, c, d, 0, 0, 0)] + [1 << 30]
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 44
    content[at : at + 36] = struct.pack(">9i", *numbers)
    path.write_bytes(content)
    return path


def trim(path, since, until):
    """Have every player begin at `since` seconds of what was filmed and stop at `until`."""
    content = bytearray(path.read_bytes())
    (movie_ticks,) = struct.unpack_from(">I", content, content.index(b"mvhd") + 16)
    (track_ticks,) = struct.unpack_from(">I", content, content.index(b"mdhd") + 16)
    at = content.index(b"elst") + 12
    (_, begins) = struct.unpack_from(">Ii", content, at)
    edit = round((until - since) * movie_ticks), begins + round(since * track_ticks)
    struct.pack_into(">Ii", content, at, *edit)
    path.write_bytes(content)
    return path
