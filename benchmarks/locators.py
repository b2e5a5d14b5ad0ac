"""How well people are found, on people whom nobody trained on, beside MediaPipe.

The reference is MediaPipe's pose (`PoseLocator`) on the whole frame. Measured beside it: the detector in
front of that pose (`DetectingLocator`), and the network that finds people (a .onnx file): whom it takes,
after a closer look, for likely there, who is believed when moving, and whom for surely there, who is believed
at once.

    python benchmarks/locators.py --data ../shared/data [--network FILE.onnx] [--out figures.json]

- whole: frames of people held out (S5 and S8 of body_gestures, s04 to s06 of kard).
- far: the same, as small as somebody four to seven metres away is, in another room; where people are is
  known from the large frame. MediaPipe's pose is asked too.
- chest: the same, cut off at the chest, as laptops see somebody who sits near.
- groups: two to four of them cut out and put into a synthetic room; how many are told apart.
- followed: the frames of "whole", when their clips are played as `gesturelrcn run FILE` does it: who is
  likely there is believed when moving, and whoever is followed with less. Only of our own locator.
- empty: synthetic rooms with furniture, coats and nobody; of a seed of their own. Of the follower: in how
  many it follows somebody, when a camera shows them for three seconds, with noise.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.recordings.listing import read_listing
from gesturelrcn.region import Region, person_follower
from gesturelrcn.region.locator import DROP, region_from_landmarks
from gesturelrcn.region.mediapipe.detector import DetectingLocator
from gesturelrcn.region.mediapipe.pose import PoseLocator
from gesturelrcn.region.people import LIKELY, SURE
from gesturelrcn.region.people_network import PeopleNetwork
from gesturelrcn.synthesis.dataset.people_images import EMPTY, people_images
from gesturelrcn.training.data.people_frames import units
from gesturelrcn.training.teacher.sightings import SightingTeacher, person_row

HELD_OUT = {"body_gestures": ("S5", "S8"), "kard": ("kard_s04", "kard_s05", "kard_s06")}
EVERY = {"body_gestures": 20, "kard": 40}
SIZE = (640, 480)
FAR = (28.0, 52.0)
"""Pixels of a shoulder width in a picture 640 wide at seven and at four metres, field of view 60 degrees."""
ONE = 0.5
"""Shares of the region; who is found farther than this from somebody is somebody else."""

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Finder = Callable[[Pixels], list[Floats]]
"""A picture -> the regions found in it: x, y, side, the surest first."""


@dataclass(frozen=True)
class Case:
    """A picture and the regions that are in it, (P, 3) x, y, side in pixels."""

    image: Pixels
    regions: Floats


class Network:
    """The network that finds people from some presence on, and how long it takes."""

    def __init__(self, path: Path | None, presence: float) -> None:
        self._network = PeopleNetwork(path)
        self._presence = presence
        self.seconds: list[float] = []

    def __call__(self, image: Pixels) -> list[Floats]:
        began = time.perf_counter()
        found = self._network.find(image)
        self.seconds.append(time.perf_counter() - began)
        closer = [self._network.look_closer(image, person) for person in found]
        people = [person for person in closer if person.presence >= self._presence]
        regions = [person.region(0.0) for person in sorted(people, key=lambda one: -one.presence)]
        return [np.array([region.x, region.y, region.side]) for region in regions if region is not None]


def located(locator: PoseLocator | DetectingLocator) -> Finder:
    """A locator of one person as a finder of all."""

    def find(image: Pixels) -> list[Floats]:
        region = locator.locate(image, 0.0)
        return [] if region is None else [np.array([region.x, region.y, region.side])]

    return find


def clips(data: Path, every: float) -> Iterator[tuple[Path, int]]:
    """Clips of the people held out, and every how many frames of each are looked at."""
    for name, people in HELD_OUT.items():
        step = max(1, round(EVERY[name] * every))
        for clip in read_listing(data / name).clips:
            if clip.subject in people:
                yield clip.path, step


def frames(data: Path, every: float) -> Iterator[Pixels]:
    """Frames of the people held out."""
    for path, step in clips(data, every):
        for number, frame in enumerate(frames_of(path)):
            if number % step == step // 2:
                yield frame.image


def followed(data: Path, every: float) -> list[tuple[Floats, Floats | None]]:
    """For each of those frames in which MediaPipe's pose finds somebody, its region and the follower's."""
    pose, pairs = PoseLocator(tracking=False), []
    for path, step in clips(data, every):
        follower = person_follower("people")
        for number, frame in enumerate(frames_of(path)):
            region = follower.follow(frame.image, frame.captured_at)
            if number % step == step // 2 and (truth := pose.locate(frame.image, 0.0)) is not None:
                pairs.append((square(truth), None if region is None else square(region)))
        follower.close()
    return pairs


def followed_in(rooms: list[Pixels], fps: float = 10.0, seconds: float = 3.0) -> dict[str, int]:
    """In how many of these rooms somebody is followed, when each is shown for so long."""
    rng, with_somebody = np.random.default_rng(6), 0
    for room in rooms:
        follower = person_follower("people")
        regions = []
        for number in range(round(fps * seconds)):
            noisy = room + rng.normal(0, 2.0, room.shape).round()
            regions.append(follower.follow(np.asarray(noisy.clip(0, 255), np.uint8), number / fps))
        with_somebody += any(region is not None for region in regions)
        follower.close()
    return {"pictures": len(rooms), "with_somebody": with_somebody}


def square(region: Region) -> Floats:
    """x, y, side."""
    return np.array([region.x, region.y, region.side])


def cases(data: Path, every: float, rooms: list[Pixels]) -> dict[str, list[Case]]:
    """Every kind of case but the empty rooms."""
    rng = np.random.default_rng(5)
    teacher, pose = SightingTeacher(), PoseLocator(tracking=False)
    out: dict[str, list[Case]] = {name: [] for name in ("whole", "far", "chest", "groups")}
    cut: list[tuple[Pixels, Pixels, Floats]] = []
    for number, image in enumerate(frames(data, every)):
        marks = pose.landmarks(image)
        region = None if marks is None else region_from_landmarks(marks, 0.0)
        if marks is None or region is None:
            continue
        truth = np.array([[region.x, region.y, region.side]])
        unit = float(units(person_row(marks)[None].astype(np.float32))[0])
        out["whole"].append(Case(image, truth))
        goal = float(np.exp(rng.uniform(*np.log(FAR)))) * image.shape[1] / SIZE[0]
        if goal < unit:
            out["far"].append(far(image, truth, goal / unit, rooms[number % len(rooms)], rng))
        out["chest"].append(chest(image, truth, unit, rng))
        if number % 3 == 0 and (sighting := teacher.look(image)) is not None and sighting.silhouette.any():
            mask = cv2.resize(sighting.silhouette, image.shape[1::-1])
            cut.append((image, np.asarray(mask, np.uint8), truth[0]))
    for number in range(len(cut)):
        some = [cut[i] for i in rng.permutation(len(cut))[: 2 + number % 3]]
        out["groups"].append(group(some, rooms[number % len(rooms)], rng))
    return out


def far(image: Pixels, truth: Floats, share: float, room: Pixels, rng: np.random.Generator) -> Case:
    """The frame as a part of a larger room, its edges feathered."""
    whole = cv2.resize(room, image.shape[1::-1])
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    left, top = (
        int(rng.integers(0, whole.shape[1] - wide + 1)),
        int(rng.integers(0, whole.shape[0] - high + 1)),
    )
    alpha = np.zeros((high, wide), np.float32)
    edge = max(1, high // 16)
    alpha[edge:-edge, edge:-edge] = 1
    blend(whole, small, cv2.blur(alpha, (2 * edge + 1, 2 * edge + 1)), left, top)
    return Case(np.asarray(whole, np.uint8), truth * share + np.array([left, top, 0]))


def chest(image: Pixels, truth: Floats, unit: float, rng: np.random.Generator) -> Case:
    """A window that ends a shoulder width below the shoulders, enlarged to the size of a camera's picture."""
    x, y = float(truth[0, 0]), float(truth[0, 1]) - DROP * unit
    wide = unit * float(rng.uniform(2.6, 4.5))
    high = wide * SIZE[1] / SIZE[0]
    left, top = x - wide / 2 + rng.uniform(-0.5, 0.5) * unit, y + rng.uniform(0.5, 0.9) * unit - high
    scale = SIZE[0] / wide
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    # Beyond the frame its edge goes on: a wall, mostly.
    seen = cv2.warpAffine(image, move, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Case(np.asarray(seen, np.uint8), (truth - np.array([left, top, 0])) * scale)


def group(some: list[tuple[Pixels, Pixels, Floats]], room: Pixels, rng: np.random.Generator) -> Case:
    """People beside each other, none before another's face or shoulders."""
    whole = np.asarray(cv2.resize(room, SIZE), np.uint8)
    regions = []
    place = SIZE[0] / len(some)
    for number, (image, mask, truth) in enumerate(some):
        side = place * float(rng.uniform(0.9, 1.6))
        share = side / truth[2]
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(mask, small.shape[1::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        at = np.array([(number + rng.uniform(0.4, 0.6)) * place, SIZE[1] * rng.uniform(0.4, 0.65)])
        left, top = (at - truth[:2] * share).astype(int)
        # Who is cut off at the frame's lower edge is cut off at the picture's too.
        if mask[-4:].max() > 128:
            top = max(top, SIZE[1] - small.shape[0])
        blend(whole, small, alpha, int(left), int(top))
        regions.append([*(truth[:2] * share + [left, top]), side])
    return Case(whole, np.array(regions))


def blend(under: Pixels, over: Pixels, alpha: NDArray[np.float32], left: int, top: int) -> None:
    """Put `over` into `under` at a place; parts of it may lie outside."""
    y = slice(max(0, top), min(under.shape[0], top + over.shape[0]))
    x = slice(max(0, left), min(under.shape[1], left + over.shape[1]))
    if y.start < y.stop and x.start < x.stop:
        part = (slice(y.start - top, y.stop - top), slice(x.start - left, x.stop - left))
        share = alpha[part][..., None]
        under[y, x] = (under[y, x] * (1 - share) + over[part] * share).astype(np.uint8)


def empty_rooms(count: int, seed: int, width: int) -> list[Pixels]:
    """Synthetic rooms with nobody in them, as cameras see them."""
    stream = people_images(np.random.default_rng(seed), width, EMPTY)
    rooms = [next(stream).image for _ in range(count)]
    stream.close()
    return rooms


def measured(find: Finder, some: list[Case]) -> dict[str, float]:
    """Shares of people found, errors in shares of the region, and how many are found who are not there."""
    places, sizes, people, more, whole = list[float](), list[float](), 0, 0, 0
    for case in some:
        found = find(case.image)
        people += len(case.regions)
        hits = 0
        for truth in case.regions:
            near = [one for one in found if np.hypot(*(one[:2] - truth[:2])) < ONE * truth[2]]
            if near:
                best = min(near, key=lambda one: float(np.hypot(*(one[:2] - truth[:2]))))
                found = [one for one in found if one is not best]
                places.append(float(np.hypot(*(best[:2] - truth[:2])) / truth[2]))
                sizes.append(abs(float(best[2] / truth[2]) - 1))
                hits += 1
        more += len(found)
        whole += hits == len(case.regions) and not found
    return {
        "pictures": len(some),
        "found": round(len(places) / max(people, 1), 4),
        "place_median": quantile(places, 0.5),
        "place_p95": quantile(places, 0.95),
        "size_median": quantile(sizes, 0.5),
        "size_p95": quantile(sizes, 0.95),
        "more_than_there_are": round(more / max(len(some), 1), 4),
        "everybody_and_nobody_else": round(whole / max(len(some), 1), 4),
    }


def of_pairs(pairs: list[tuple[Floats, Floats | None]]) -> dict[str, float]:
    """The figures of `measured` for true and found regions, or None where nobody is found."""
    near = [
        (truth, found)
        for truth, found in pairs
        if found is not None and np.hypot(*(found[:2] - truth[:2])) < ONE * truth[2]
    ]
    places = [float(np.hypot(*(found[:2] - truth[:2])) / truth[2]) for truth, found in near]
    sizes = [abs(float(found[2] / truth[2]) - 1) for truth, found in near]
    elsewhere = sum(found is not None for _, found in pairs) - len(near)
    return {
        "pictures": len(pairs),
        "found": round(len(near) / max(len(pairs), 1), 4),
        "place_median": quantile(places, 0.5),
        "place_p95": quantile(places, 0.95),
        "size_median": quantile(sizes, 0.5),
        "size_p95": quantile(sizes, 0.95),
        "somebody_elsewhere": round(elsewhere / max(len(pairs), 1), 4),
    }


def quantile(values: list[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 4) if values else float("nan")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--network", type=Path, help="its ONNX file; default the one that ships")
    parser.add_argument("--every", type=float, default=1.0, help="times as far from frame to frame")
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--alone", action="store_true", help="the network alone, without MediaPipe beside it")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rooms = empty_rooms(options.rooms, seed=4242, width=320)
    every = cases(options.data, options.every, rooms)
    network = Network(options.network, LIKELY)
    finders: dict[str, Finder] = {"likely": network, "sure": Network(options.network, SURE)}
    if not options.alone:
        finders["detector"] = located(DetectingLocator())
        finders["pose"] = located(PoseLocator(tracking=False))
    figures: dict[str, dict[str, object]] = {
        "follower": {"followed": of_pairs(followed(options.data, options.every)), "empty": followed_in(rooms)}
    }
    for kind, values in figures["follower"].items():
        print(f"follower  {kind:8} {values}")
    for name, find in finders.items():
        figures[name] = {kind: measured(find, some) for kind, some in every.items()}
        answers = [len(find(room)) for room in rooms]
        figures[name]["empty"] = {"pictures": len(rooms), "with_somebody": sum(map(bool, answers))}
        for kind, values in figures[name].items():
            print(f"{name:9} {kind:7} {values}")
    print(
        f"network, picture and decoding included: {1e3 * np.median(network.seconds):.2f} ms a frame, median"
    )
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
