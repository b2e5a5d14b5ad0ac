"""Frames as the network that finds people gets them: other cameras, other rooms, other people beside.

From frames with their people a random scene is made: a part of a frame, or the frame small in another room,
or several people who were cut out of frames; then light, blur, noise and compression.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.people_network import HEIGHT, WIDTH
from gesturelrcn.system.opencv import cv2
from gesturelrcn.training.data.people_frames import (
    FACE,
    HAND,
    KNOWN,
    LEFT,
    PERSON,
    RIGHT,
    PeopleFrames,
    middles,
    units,
)

MOST = 8
"""People in a scene."""
ASPECTS = ((4 / 3, 0.6), (16 / 9, 0.28), (1.0, 0.06), (3 / 4, 0.06))
"""Width over height of cameras' pictures, and how often each comes."""
SMALLEST = 6.0
"""Pixels of a shoulder width below which a person need not be found, and is no mistake."""
_BEYOND = 0.8  # shoulder widths by which the middle of the shoulders may lie outside
_SURE = 128
_REAL_ROOMS = 0.5  # of the rooms, those that were seen beside somebody who was filmed
_NARROWEST = 0.3  # shares of a frame's width that such a room has at least
_POINTS = (FACE, LEFT, RIGHT)


@dataclass(frozen=True)
class Scene:
    """A picture and who is in it.

    Attributes:
        image: (HEIGHT, WIDTH, 3) uint8 BGR, black to the right of or below what the camera saw.
        people: (MOST, PERSON) float32, in pixels of `image`; NaN for nobody. A raised hand is a place where
            it is seen, NaN where there is none, and infinite where nobody knows.
    """

    image: NDArray[np.uint8]
    people: NDArray[np.float32]


@dataclass
class _Canvas:
    image: NDArray[np.uint8]  # the camera's picture alone
    people: NDArray[np.float32]  # (P, PERSON)
    seen: NDArray[np.bool_]  # (P, 3) which of face and shoulders were in the camera's picture


class Scenes:
    """Makes scenes of several sets of frames."""

    def __init__(self, sets: Sequence[PeopleFrames]) -> None:
        """Args: sets: those that people are cut out of, and whose empty frames are rooms."""
        every = [(frames, number) for frames in sets for number in range(len(frames.images))]
        self._cut = [(frames, number) for frames, number in every if _can_be_cut(frames, number)]
        self._rooms = [frames.images[number] for frames, number in every if not len(frames.people[number])]
        self._rooms_beside = [part for one in self._cut if (part := _beside(*one)) is not None]

    def scene(self, frames: PeopleFrames, number: int, rng: np.random.Generator) -> Scene:
        """A random scene around frame `number` of `frames`."""
        size = _camera_size(rng)
        if _can_be_cut(frames, number) and self._rooms and rng.random() < 0.4:
            canvas = self._room(size, rng)
            # Without the person too: a room is no person, however it looks.
            canvas = canvas if rng.random() < 0.2 else _paste(canvas, frames, number, rng)
        else:
            canvas = self._part(frames, number, size, rng)
        if self._cut and rng.random() < 0.35:
            for _ in range(int(rng.choice([1, 2, 3], p=[0.55, 0.3, 0.15]))):
                canvas = _paste(canvas, *self._cut[rng.integers(len(self._cut))], rng)
        people = _judged(canvas)
        image = canvas.image
        if rng.random() < 0.5:
            image, people = image[:, ::-1], _mirrored(people, image.shape[1])
        return Scene(_letter_boxed(_photographed(np.ascontiguousarray(image), rng)), _rows(people))

    def _room(self, size: tuple[int, int], rng: np.random.Generator) -> _Canvas:
        beside = self._rooms_beside if rng.random() < _REAL_ROOMS else []
        rooms = beside or self._rooms
        room = rooms[rng.integers(len(rooms))]
        zoom = float(rng.uniform(1.0, 2.0))
        window = _window(room, size, zoom, rng.uniform(0, 1, 2))
        if rng.random() < 0.5:
            room = room[:, ::-1]
        return _Canvas(_seen_through(room, window, size), np.empty((0, PERSON), np.float32), _nobody())

    def _part(
        self, frames: PeopleFrames, number: int, size: tuple[int, int], rng: np.random.Generator
    ) -> _Canvas:
        """A part of a frame, nearer than it was; or all of it; or all of it, far away in another room."""
        image, people = frames.images[number], frames.people[number]
        way = rng.random()
        if way < 0.15 and self._rooms:
            return self._far(image, people, size, rng)
        zoom = 1.0 if way < 0.45 else float(np.exp(rng.uniform(0, np.log(3.5))))
        at = rng.uniform(0, 1, 2)
        if len(people) and rng.random() < 0.75:
            person = people[rng.integers(len(people))]
            aim = (person[LEFT] + person[RIGHT]) / 2
            unit = float(units(person[None])[0])
            wide = _widest(image, size)[0] / zoom
            # Not closer than the head fills the picture, mostly.
            if wide < 1.1 * unit:
                zoom = max(1.0, zoom * wide / (1.1 * unit))
            at = np.array(aim) + rng.normal(0, 0.7, 2) * unit
            window = _window_around(image, size, zoom, at)
        else:
            window = _window(image, size, zoom, at)
        moved = _moved(people, window, size)
        return _Canvas(_seen_through(image, window, size), moved, _inside(people, image.shape[1::-1]))

    def _far(
        self,
        image: NDArray[np.uint8],
        people: NDArray[np.float32],
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> _Canvas:
        canvas = self._room(size, rng)
        share = float(rng.uniform(0.3, 0.95)) * min(size[0] / image.shape[1], size[1] / image.shape[0])
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        high, wide = small.shape[:2]
        left, top = (
            int(rng.integers(0, whole - part + 1)) for whole, part in zip(size, (wide, high), strict=True)
        )
        alpha = np.zeros((high, wide), np.float32)
        edge = max(1, int(0.06 * min(high, wide)))
        alpha[edge : high - edge, edge : wide - edge] = 1.0
        feathered = np.asarray(cv2.blur(alpha, (2 * edge + 1, 2 * edge + 1)), np.float32)
        _blend(canvas.image, small, feathered, left, top)
        moved = people.copy()
        moved[:, :KNOWN] *= share
        moved[:, :KNOWN] += np.tile([left, top], KNOWN // 2).astype(np.float32)
        return _Canvas(canvas.image, moved, _inside(people, image.shape[1::-1]))


def _can_be_cut(frames: PeopleFrames, number: int) -> bool:
    people = frames.people[number]
    return frames.silhouettes[number] is not None and len(people) == 1 and people[0, KNOWN] == 1


def _beside(frames: PeopleFrames, number: int) -> NDArray[np.uint8] | None:
    """The larger part of a frame beside the person in it, or None where both are narrow."""
    image, silhouette = frames.images[number], frames.silhouettes[number]
    assert silhouette is not None
    columns = np.flatnonzero((silhouette > _SURE // 4).any(0)) * image.shape[1] / silhouette.shape[1]
    gap = 0.04 * image.shape[1]
    left, right = max(0, int(columns[0] - gap)), int(columns[-1] + gap)
    part = image[:, :left] if left > image.shape[1] - right else image[:, right:]
    return part if part.shape[1] >= _NARROWEST * image.shape[1] else None


def _nobody() -> NDArray[np.bool_]:
    return np.zeros((0, 3), np.bool_)


def _camera_size(rng: np.random.Generator) -> tuple[int, int]:
    """Width and height of a camera's picture when it is as large as the network's can hold."""
    shapes, shares = zip(*ASPECTS, strict=True)
    aspect = shapes[rng.choice(len(shapes), p=shares)]
    wide = min(WIDTH, HEIGHT * aspect)
    return round(wide), round(wide / aspect)


def _widest(image: NDArray[np.uint8], size: tuple[int, int]) -> tuple[float, float]:
    """Width and height of the largest part of `image` that has the shape of `size`."""
    high, wide = image.shape[:2]
    share = min(wide / size[0], high / size[1])
    return size[0] * share, size[1] * share


def _window(
    image: NDArray[np.uint8], size: tuple[int, int], zoom: float, at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Left, top, width and height of a part of `image`; `at` (2,) says where, 0 to 1."""
    wide, high = (length / zoom for length in _widest(image, size))
    return np.array([at[0] * (image.shape[1] - wide), at[1] * (image.shape[0] - high), wide, high])


def _window_around(
    image: NDArray[np.uint8], size: tuple[int, int], zoom: float, middle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The same around a place in pixels, as far as the picture goes."""
    wide, high = (length / zoom for length in _widest(image, size))
    left = np.clip(middle[0] - wide / 2, 0, image.shape[1] - wide)
    top = np.clip(middle[1] - high / 2, 0, image.shape[0] - high)
    return np.array([left, top, wide, high])


def _seen_through(
    image: NDArray[np.uint8], window: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.uint8]:
    left, top = int(window[0]), int(window[1])
    part = image[top : top + max(2, round(window[3])), left : left + max(2, round(window[2]))]
    way = cv2.INTER_AREA if part.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)


def _moved(
    people: NDArray[np.float32], window: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float32]:
    moved = people.copy()
    scale = size[0] / max(2, round(window[2])), size[1] / max(2, round(window[3]))
    moved[:, 0:KNOWN:2] = (people[:, 0:KNOWN:2] - int(window[0])) * scale[0]
    moved[:, 1:KNOWN:2] = (people[:, 1:KNOWN:2] - int(window[1])) * scale[1]
    return moved


def _inside(people: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.bool_]:
    """(P, 3) which of face and shoulders lie in a picture of this width and height."""
    points = np.stack([people[:, part] for part in _POINTS], axis=1)
    return np.asarray(((points >= 0) & (points < np.array(size[:2]))).all(-1), np.bool_)


def _paste(canvas: _Canvas, frames: PeopleFrames, number: int, rng: np.random.Generator) -> _Canvas:
    """The same with somebody who was cut out of a frame, at any distance, before everybody else."""
    image, people, silhouette = frames.images[number], frames.people[number], frames.silhouettes[number]
    assert silhouette is not None
    high, wide = canvas.image.shape[:2]
    unit = float(units(people)[0])
    share = float(np.exp(rng.uniform(np.log(7), np.log(70)))) / max(unit, 1.0)
    share = min(share, 2.5)
    mask = cv2.resize(silhouette, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    rows, columns = np.flatnonzero((mask > _SURE).any(1)), np.flatnonzero((mask > _SURE).any(0))
    if not len(rows) or not len(columns):
        return canvas
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    cut, alpha = (cv2.resize(one[box], None, fx=share, fy=share, interpolation=way) for one in (image, mask))
    tall, broad = alpha.shape
    # Where the silhouette ends although the body does not, the picture ends, or something stands before it.
    at_edge = rows[-1] >= len(mask) - 3 or float((mask[rows[-1]] > _SURE).mean()) > 0.05
    left = int(rng.integers(-broad // 3, max(wide - 2 * broad // 3, -broad // 3 + 1)))
    top = int(rng.integers(-tall // 8, max(high - tall // 2, -tall // 8 + 1)))
    if at_edge and (rng.random() < 0.5 or top + tall >= high):
        top = max(high - tall, top)
    _blend(canvas.image, cut, alpha.astype(np.float32) / 255, left, top)
    covered = np.zeros((high, wide), np.float32)
    _blend(covered, np.ones((tall, broad), np.float32), alpha.astype(np.float32) / 255, left, top)
    if at_edge and top + tall < high:
        _stand_before(canvas.image, covered, (left, top + tall, broad), rng)
    before = _hidden(canvas, covered)
    row = people.copy()
    origin = np.tile([columns[0], rows[0]], KNOWN // 2).astype(np.float32)
    row[:, :KNOWN] = (row[:, :KNOWN] - origin) * share + np.tile([left, top], KNOWN // 2)
    return _Canvas(
        canvas.image,
        np.concatenate([before, row]),
        np.concatenate([canvas.seen, _inside(people, image.shape[1::-1])]),
    )


def _stand_before(
    image: NDArray[np.uint8],
    covered: NDArray[np.float32],
    place: tuple[int, int, int],
    rng: np.random.Generator,
) -> None:
    """Something like a desk or a screen's back below somebody who is cut off there."""
    left, top, broad = place
    more = int(broad * rng.uniform(0.05, 0.8))
    part = (slice(max(0, top - 1), None), slice(max(0, left - more), max(0, left + broad + more)))
    colour = rng.uniform(10, 240) * rng.uniform(0.7, 1.0, 3)
    image[part] = np.clip(colour + rng.normal(0, 4), 0, 255).astype(np.uint8)
    covered[part] = 1.0


def _hidden(canvas: _Canvas, covered: NDArray[np.float32]) -> NDArray[np.float32]:
    """The people of the canvas; those of whom two points are covered now are known no longer."""
    people = canvas.people.copy()
    high, wide = covered.shape
    for row in people:
        places = np.array([row[part] for part in _POINTS])
        x, y = places[:, 0].clip(0, wide - 1).astype(int), places[:, 1].clip(0, high - 1).astype(int)
        if (covered[y, x] > 0.5).sum() >= 2:
            row[KNOWN] = 0
    return people


def _blend(under: NDArray[Any], over: NDArray[Any], alpha: NDArray[np.float32], left: int, top: int) -> None:
    """Put `over` into `under` at a place, by `alpha` (h, w) 0 to 1; parts of it may lie outside."""
    high, wide = under.shape[:2]
    tall, broad = alpha.shape
    y, x = slice(max(0, top), min(high, top + tall)), slice(max(0, left), min(wide, left + broad))
    if y.start >= y.stop or x.start >= x.stop:
        return
    part = (slice(y.start - top, y.stop - top), slice(x.start - left, x.stop - left))
    share = alpha[part] if under.ndim == 2 else alpha[part][..., None]
    mixed = under[y, x] + share * (over[part].astype(np.float32) - under[y, x])
    under[y, x] = mixed.astype(under.dtype)


def _judged(canvas: _Canvas) -> NDArray[np.float32]:
    """The people of a canvas: who is gone is left out, who can hardly be told is known no longer."""
    high, wide = canvas.image.shape[:2]
    people = canvas.people.copy()
    inside = _inside(people, (wide, high)) & canvas.seen
    anything = inside.any(1)
    enough = inside[:, 0] | (inside[:, 1] & inside[:, 2])
    middle, unit = middles(people), units(people)
    beyond = np.maximum(-middle, middle - np.array([wide, high])).max(axis=1, initial=0.0)
    people[~enough | (beyond > _BEYOND * unit) | (unit < SMALLEST), KNOWN] = 0
    outside = (people[:, HAND] < 0) | (people[:, HAND] > np.array([wide, high]))
    people[outside.any(1), HAND] = np.inf
    return np.asarray(people[anything], np.float32)


def _mirrored(people: NDArray[np.float32], wide: int) -> NDArray[np.float32]:
    moved = people.copy()
    moved[:, 0:KNOWN:2] = wide - people[:, 0:KNOWN:2]
    moved[:, LEFT], moved[:, RIGHT] = moved[:, RIGHT].copy(), moved[:, LEFT].copy()
    moved[np.isinf(people[:, HAND]).any(1), HAND] = np.inf
    return moved


def _rows(people: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.full((MOST, PERSON), np.nan, np.float32)
    rows[: len(people)] = people[:MOST]
    return rows


def _letter_boxed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    whole = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    whole[: image.shape[0], : image.shape[1]] = image
    return whole


def _photographed(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same by another camera, in another light."""
    often = rng.random(6) < (0.3, 0.2, 0.3, 0.5, 0.2, 0.07)
    if often[1]:
        share = rng.uniform(0.5, 0.9)
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        image = np.asarray(cv2.resize(small, image.shape[1::-1]), np.uint8)
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    gain = rng.uniform(0.6, 1.35) * rng.uniform(0.85, 1.15, 3) * (rng.uniform(0.2, 0.6) if often[5] else 1.0)
    tones = 255 * levels ** rng.uniform(0.65, 1.5) * gain + rng.uniform(-18, 18)
    table = np.clip(tones, 0, 255).astype(np.uint8).reshape(1, 256, 3)
    image = np.asarray(cv2.LUT(image, table), np.uint8)
    if often[4]:
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        share = float(rng.uniform(0.4, 1.0))
        image = np.asarray(cv2.addWeighted(grey, share, image, 1 - share, 0), np.uint8)
    if often[0]:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.3))), np.uint8)
    if often[3]:
        noise = rng.standard_normal(image.shape, np.float32) * rng.uniform(1, 14 if often[5] else 9)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if often[2]:
        packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(15, 85))])[1]
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return image
