"""Small pieces of 3-D geometry: rotations as (3, 3) matrices and as quaternions (w, x, y, z)."""

import math

import numpy as np

from gesturelrcn.synthesis.arrays import Floats


def unit(vector: Floats) -> Floats:
    """The vector at length one."""
    return np.asarray(vector / (math.sqrt(vector @ vector) + 1e-12))


def about(axis: Floats, angle: float) -> Floats:
    """Rotation by `angle` radians about `axis` (Rodrigues' formula)."""
    x, y, z = unit(axis).tolist()
    s, c = math.sin(angle), math.cos(angle)
    d = 1 - c
    return np.array(
        [
            [c + d * x * x, d * x * y - s * z, d * x * z + s * y],
            [d * x * y + s * z, c + d * y * y, d * y * z - s * x],
            [d * x * z - s * y, d * y * z + s * x, c + d * z * z],
        ]
    )


def cross(first: Floats, second: Floats) -> Floats:
    """Cross product of two (3,) vectors; numpy's own is made for many and ten times as slow for two."""
    a, b, c = first.tolist()
    d, e, f = second.tolist()
    return np.array([b * f - c * e, c * d - a * f, a * e - b * d])


def frame(first: Floats, second: Floats) -> Floats:
    """Columns: `first`, the part of `second` at right angles to it, and their cross product."""
    x = unit(first)
    y = unit(second - x * (x @ second))
    return np.column_stack([x, y, cross(x, y)])


def twist(rotation: Floats, axis: Floats) -> float:
    """Signed angle, -pi to pi, by which a rotation turns about a unit axis (swing-twist decomposition)."""
    w, *xyz = quaternion(rotation)
    angle = 2 * np.arctan2(np.dot(xyz, axis), w)
    return float((angle + np.pi) % (2 * np.pi) - np.pi)


def quaternion(rotation: Floats) -> Floats:
    """(4,) of a rotation matrix, w first; Shepperd's choice of the largest part keeps it stable."""
    r = rotation
    squares = np.array(
        [
            1 + r[0, 0] + r[1, 1] + r[2, 2],
            1 + r[0, 0] - r[1, 1] - r[2, 2],
            1 - r[0, 0] + r[1, 1] - r[2, 2],
            1 - r[0, 0] - r[1, 1] + r[2, 2],
        ]
    )
    largest = int(squares.argmax())
    a, b, c = r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]
    d, e, f = r[1, 0] + r[0, 1], r[0, 2] + r[2, 0], r[2, 1] + r[1, 2]
    rows = ((squares[0], a, b, c), (a, squares[1], d, e), (b, d, squares[2], f), (c, e, f, squares[3]))
    return unit(np.array(rows[largest]))


def matrix(q: Floats) -> Floats:
    """(3, 3) of a unit quaternion."""
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def slerp(start: Floats, end: Floats, share: float) -> Floats:
    """Quaternion at `share` of the shorter way from start to end."""
    cosine = float(start @ end)
    if cosine < 0:
        end, cosine = -end, -cosine
    if cosine > 0.9995:
        return unit(start + share * (end - start))
    angle = np.arccos(cosine)
    return np.asarray((np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle))
