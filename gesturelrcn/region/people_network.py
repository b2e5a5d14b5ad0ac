"""Everybody in a picture: a small network of our own, which sees the whole picture made small.

After CenterNet (Zhou et al. 2019, arXiv:1904.07850): it tells for each cell of a coarse grid whether the
middle of somebody's shoulders lies there, where exactly, how large that person is, and whether a hand is up.
"""

import json
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import ModelError, in_short
from gesturelrcn.region.cropping import crop, halved
from gesturelrcn.region.locator import region_around
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region
from gesturelrcn.system.onnx_session import onnx_session
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.verified_files import read_verified

NAME = "people-1"
"""Name of the weights that ship with the package."""
HEIGHT, WIDTH, CELL = 144, 192, 8
"""Of what the network sees, and of a cell of its grid, in pixels."""
VALUES = 5
"""Of each cell: presence, x and y of the middle of the shoulders, logarithm of the unit, raised hand."""
PRESENCE = 0.44
"""Least presence, 0 to 1, of what may be a person; `gesturelrcn.region.people` says who is taken for one."""
_APART = 0.6  # units; two that are nearer to each other than this are one person
_CLOSER = 4.0  # units across that a closer look sees: a person as large as those in which most was learnt
_SHOULDERS = 0.65  # units by which the shoulders lie above the middle of the square that is cut out for it
_GROWTH = 1.6  # times by which one person may look larger or smaller when looked at closer


@dataclass(frozen=True)
class Person:
    """One person in a picture.

    Attributes:
        x: middle of the shoulders, pixels from the left edge.
        y: the same from the top edge.
        unit: shoulder width in pixels, as `gesturelrcn.region.locator.region_around` takes it.
        presence: 0 to 1, how sure it is that somebody is there.
        raised: 0 to 1, whether a hand is up.
    """

    x: float
    y: float
    unit: float
    presence: float
    raised: float

    def region(self, at: float) -> Region | None:
        """The square around this person in a picture that was taken at `at` seconds."""
        return region_around((self.x, self.y), self.unit, self.presence, at)


class PeopleNetwork:
    """Finds people. Remembers nothing; may be asked from any thread, and in a process forked off later."""

    def __init__(self, graph: Path | None = None) -> None:
        """Load the network.

        Args:
            graph: its ONNX file, beside which its card lies; default the one in the package.

        Raises:
            ModelError: a file is missing or damaged, or is no such network.
        """
        graph = graph or Path(str(resources.files("gesturelrcn"))) / "assets" / f"{NAME}.onnx"
        self._session: Any = onnx_session(read_verified(graph, _promised(graph)), graph.stem, often=False)
        shapes = {each.name: each.shape for each in self._session.get_inputs() + self._session.get_outputs()}
        expected = {
            "frame": [1, HEIGHT, WIDTH, 3],
            "people": [1, VALUES, HEIGHT // CELL, WIDTH // CELL],
        }
        if shapes != expected:
            raise ModelError(f"{graph}: this network has {shapes}, one that finds people {expected}.")

    def find(self, image: NDArray[np.uint8]) -> list[Person]:
        """Everybody in `image` ((H, W, 3) uint8 BGR), the nearest first.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        frame, scale = letter_boxed(image)
        return people_of(self._grid(frame), scale)

    def look_closer(self, image: NDArray[np.uint8], person: Person) -> Person:
        """The same person, with a presence that a second look agrees to, at the part around that person.

        Furniture that looks like somebody in the whole picture seldom does so a second time, in another size
        and at another place. Presence is the mean of both looks.

        Args:
            image: (H, W, 3) uint8 BGR.
            person: found in it.
        """
        scale = WIDTH / (_CLOSER * person.unit)
        middle = person.y + _SHOULDERS * person.unit
        square = Region(person.x, middle, _CLOSER * person.unit, person.presence, 0.0)
        part = crop(image, square, WIDTH)[:HEIGHT]
        x, y, unit = WIDTH / 2, WIDTH / 2 - _SHOULDERS * person.unit * scale, person.unit * scale
        again = [
            other.presence
            for other in people_of(self._grid(part), (1.0, 1.0), least=0.1)
            if np.hypot(other.x - x, other.y - y) < _APART * unit
            and abs(np.log(other.unit / unit)) < np.log(_GROWTH)
        ]
        return replace(person, presence=(person.presence + max(again, default=0.0)) / 2)

    def _grid(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        (grid,) = self._session.run(["people"], {"frame": frame[None]})
        answer: NDArray[np.float32] = grid[0]
        return answer


def _promised(graph: Path) -> str | None:
    """What the card beside the graph says of it."""
    card = graph.with_suffix(".json")
    try:
        promised = json.loads(card.read_text(encoding="utf-8"))["files"].get(graph.name)
    except FileNotFoundError:
        raise ModelError(f"{card}: the card of the person locator is missing.") from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
        raise ModelError(f"{card}: this is no card of a person locator ({in_short(problem)}).") from None
    return promised if isinstance(promised, str) else None


def letter_boxed(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """What the network sees of a picture.

    Args:
        image: (H, W, 3) uint8 BGR.

    Returns:
        (HEIGHT, WIDTH, 3) uint8 with the whole picture at its top left, black beside or below; and how many
        of its pixels one pixel of the picture is, in x and in y.
    """
    height, width = image.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height)
    size = max(1, round(scale * width)), max(1, round(scale * height))
    # Half by half is three times as fast, and what is lost by it is less than a grey level.
    halvings = int(np.log2(min(max(1.0, 1.0 / scale), width, height)))
    shrunk = halved(image, halvings) if halvings else image
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[: size[1], : size[0]] = cv2.resize(shrunk, size, interpolation=way)
    return frame, (size[0] / width, size[1] / height)


def people_of(grid: NDArray[np.float32], scale: tuple[float, float], least: float = PRESENCE) -> list[Person]:
    """The people that the network tells of, in pixels of the picture, the nearest first.

    Args:
        grid: (VALUES, HEIGHT / CELL, WIDTH / CELL): presence 0 to 1; x and y in cells from the centre of the
            cell; logarithm of the unit in pixels of the network; raised hand 0 to 1.
        scale: pixels of the network to one pixel of the picture, in x and in y.
        least: presence of whom it tells.
    """
    presence = grid[0]
    around = np.pad(presence, 1, constant_values=-np.inf)
    rows, columns = presence.shape
    neighbours = [around[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    peaks = np.argwhere((presence >= least) & (presence >= np.max(neighbours, axis=0)))
    with np.errstate(over="ignore", invalid="ignore"):
        found = [_person(grid[:, row, column], row, column, scale) for row, column in peaks]
    people: list[Person] = []
    for person in sorted(found, key=lambda person: -person.presence):
        if all(map(np.isfinite, (person.x, person.y, person.unit))) and not _is_one_of(people, person):
            people.append(person)
    return sorted(people, key=lambda person: -person.unit)


def _person(cell: NDArray[np.float32], row: int, column: int, scale: tuple[float, float]) -> Person:
    presence, dx, dy, size, raised = (float(number) for number in cell)
    x, y = (column + 0.5 + dx) * CELL / scale[0], (row + 0.5 + dy) * CELL / scale[1]
    return Person(x, y, float(np.exp(size)) / min(scale), presence, raised)


def _is_one_of(people: list[Person], other: Person) -> bool:
    """Whether these are two peaks of one person."""
    return any(
        np.hypot(person.x - other.x, person.y - other.y) < _APART * max(person.unit, other.unit)
        for person in people
    )
