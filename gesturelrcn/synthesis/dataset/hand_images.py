"""Pictures of synthetic hands with exact landmarks, as a network sees them that looks closely at a hand.

`python -m gesturelrcn.synthesis.dataset.hand_images --out DIR --pictures 24000` writes shards
DIR/hands-SEED-000.npz. Each picture is a square of about 0.75 shoulder widths around a hand, cut out of what
a webcam delivers. The arrays of a shard, N pictures each:

    x        (N, 80, 80, 3) uint8 BGR; left hands are mirrored, so that all look like right ones
    hand     (N, 21, 3) float32: landmarks in MediaPipe's order, x and y in shares of the square, z how far
             they are behind the wrist in the same unit (towards the camera negative)
    present  (N,) bool: a hand is seen; where not, `hand` is nan and `normal` zero
    normal   (N, 3) float32: whereto the palm faces; to the right, down and away from the camera
    side     (N,) uint8: 0 the person's left hand (mirrored here), 1 the right hand
    shape    (N,) int16: place of the hand's shape in `shapes`, -1 where it is none of them
    shapes   names of the hand shapes
"""

import argparse
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region.locator import SHOULDER_WIDTHS
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.dataset.command import exit_code
from gesturelrcn.synthesis.dataset.hand_moments import Moment, Still, holding, moments
from gesturelrcn.synthesis.dataset.shards import Shards
from gesturelrcn.synthesis.film.filming import SMEAR_PIXELS, Actor, Shot, behind, exposed
from gesturelrcn.synthesis.film.staging import Chances, furnish
from gesturelrcn.synthesis.motion.shipped import SHIPPED, vocabulary_of
from gesturelrcn.synthesis.motion.vocabulary import Vocabulary
from gesturelrcn.synthesis.pose import HAND_SHAPES
from gesturelrcn.synthesis.rendering.camera import PinholeCamera, random_light
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.framing import outside, person_square, random_camera, reach_of, window
from gesturelrcn.synthesis.scene.handheld import random_held
from gesturelrcn.synthesis.scene.room import random_room
from gesturelrcn.synthesis.scene.webcam import random_webcam
from gesturelrcn.system.opencv import cv2

SIZE = 80
SQUARE_SHOULDERS = 0.75
"""Side of the squares in shoulder widths."""
SQUARE_SIDES = (0.8, 1.35)
"""Least and most factor on it: live, it is never quite right."""
SQUARE_ASTRAY = 0.25
"""Shares of the side by which the hand is at most off the middle."""
CAMERA_SIZES = ((640, 480), (640, 360), (960, 540))
NEAREST_METRES, FARTHEST_METRES = 0.6, 5.0
MOMENTS_PER_SHOT = 16
SHOTS_PER_PERSON = 3
PICTURES_PER_SHARD = 1000
NOTHING_SHARE = 0.05
"""Of the squares, those put where no hand is; a few more have hands that are hidden."""
BLACK_SHARE = 0.05
"""Of the hands beyond the camera's picture, those that are looked at all the same."""
HIDDEN_SHARE = 0.35
"""Of the hands that are hidden behind a desk or the body, those that are kept as squares without a hand."""
HELD_SHARE = 0.1
SEATED_SHARE = 0.5
DRAWN_PIXELS = 160
ROOM_PIXELS = (640, 480)
HIDDEN_METRES = 0.07
"""What is so much nearer to the camera than a landmark hides it; a hand's own flesh is nearer than that."""
SEEN_SHARES = (0.2, 0.5)
"""A hand of whose landmarks less are seen is none; one in between is left out."""


@dataclass(frozen=True)
class HandImage:
    """One picture and the truth about it, as in the shards.

    Attributes:
        image: (size, size, 3) uint8 BGR.
        hand: (21, 3) float32; `normal`: (3,) float32; `present`: whether a hand is seen.
        side: whose hand it is; left hands are mirrored.
        shape: name of its shape, or "".
    """

    image: Pixels
    hand: Image
    present: bool
    normal: Image
    side: Hand
    shape: str


@dataclass(frozen=True)
class _Crop:
    """A square of a camera's picture: centre x and y and side in pixels, and whose hand it is."""

    square: tuple[float, float, float]
    side: Hand
    at_hand: bool


def hand_images(
    rng: np.random.Generator, size: int = SIZE, vocabulary: Vocabulary = SHIPPED
) -> Generator[HandImage, None, None]:
    """Pictures without end: a new shot every MOMENTS_PER_SHOT poses, a new person after SHOTS_PER_PERSON."""
    with Renderer(DRAWN_PIXELS, DRAWN_PIXELS, supersampling=1) as renderer, Renderer(*ROOM_PIXELS, 1) as wide:
        while True:
            person = random_person(rng)
            for _ in range(SHOTS_PER_PERSON):
                actor = Actor(renderer, person, seated=bool(rng.random() < SEATED_SHARE))
                yield from _HandCamera(rng, renderer, wide, actor, size).frames(vocabulary)
                actor.release()


class _HandCamera:
    """Looks closely at the hands of one person before one camera."""

    def __init__(
        self, rng: np.random.Generator, renderer: Renderer, wide: Renderer, actor: Actor, size: int
    ) -> None:
        self._rng, self._renderer, self._actor, self._size = rng, renderer, actor, size
        chest = actor.focus + np.array([0, 0.2, 0])
        reach = reach_of(actor.person, actor.lowered) if rng.random() < 0.5 else None
        picture = CAMERA_SIZES[rng.integers(len(CAMERA_SIZES))]
        self._whole = random_camera(rng, chest, NEAREST_METRES, FARTHEST_METRES, reach, picture)
        webcam = random_webcam(rng, picture[0])
        blur = float(rng.choice([0.0, rng.uniform(0, 2.5)]))
        shot = Shot(self._whole, random_light(rng), random_room(rng), blur, webcam)
        shot = furnish(rng, renderer, shot, actor, 1.0, chances=Chances(light_change=0.0, bystander=0.0))
        self._shot = shot
        self._room = behind(wide, shot)[0]
        renderer.set_props(shot.props)

    def frames(self, vocabulary: Vocabulary) -> Iterator[HandImage]:
        for moment in moments(self._rng, vocabulary, self._actor, self._whole, MOMENTS_PER_SHOT):
            self._actor.let_go()
            seen = moment
            if self._rng.random() < HELD_SHARE:
                thing = random_held(self._rng)
                self._actor.hold(moment.hands[0], thing.surface)
                seen = holding(moment, moment.hands[0], np.array(HAND_SHAPES[thing.shape]))
            for crop in self._crops(seen):
                frame = self._frame(seen, crop)
                if frame is not None:
                    yield frame
        self._actor.let_go()

    def _crops(self, moment: Moment) -> Iterator[_Crop]:
        """Squares around the hands that act, and by chance one where no hand is."""
        joints = self._actor.joints(moment.pose)
        unit = person_square(self._whole, joints)[2] / SHOULDER_WIDTHS
        places = {side: self._hand_in_picture(moment, side) for side in ("left", "right")}
        for side in moment.hands:
            middle = (places[side].min(axis=0) + places[side].max(axis=0)) / 2
            length = unit * SQUARE_SHOULDERS * self._rng.uniform(*SQUARE_SIDES)
            x, y = middle + self._rng.uniform(-SQUARE_ASTRAY, SQUARE_ASTRAY, 2) * length
            in_picture = 0 < middle[0] < self._whole.width and 0 < middle[1] < self._whole.height
            if not in_picture and self._rng.random() > BLACK_SHARE:
                continue
            yield _Crop((float(x), float(y), float(length)), side, True)
        if self._rng.random() < NOTHING_SHARE * len(moment.hands):
            elsewhere = self._elsewhere(joints, unit, places)
            if elsewhere is not None:
                yield elsewhere

    def _hand_in_picture(self, moment: Moment, side: Hand) -> Floats:
        """(21, 2) pixels of the camera's whole picture."""
        points, _ = self._actor.hand(moment.pose, side)
        return self._whole.project(points)[:, :2] * [self._whole.width, self._whole.height]

    def _elsewhere(self, joints: Floats, unit: float, places: dict[str, Floats]) -> _Crop | None:
        """A square at a face, a trunk, an elbow or the room, far enough from both hands."""
        size = np.array([self._whole.width, self._whole.height])
        marks = self._whole.project(joints)[:, :2] * size
        named = [KEYPOINTS.index(name) for name in ("nose", "left_elbow", "right_elbow", "left_shoulder")]
        for _ in range(8):
            spot = marks[self._rng.choice(named)] + self._rng.normal(0, 0.3, 2) * unit
            if self._rng.random() < 0.3:
                spot = self._rng.uniform(0, 1, 2) * size
            length = unit * SQUARE_SHOULDERS * self._rng.uniform(*SQUARE_SIDES)
            away = [np.abs(hand - spot).max(axis=1).min() for hand in places.values()]
            inside = ((spot > 0) & (spot < size)).all()
            if inside and min(away) > 0.52 * length:
                side: Hand = "left" if self._rng.random() < 0.5 else "right"
                return _Crop((float(spot[0]), float(spot[1]), float(length)), side, False)
        return None

    def _frame(self, moment: Moment, crop: _Crop) -> HandImage | None:
        camera = replace(self._whole, window=window(self._whole, *crop.square))
        time = float(self._rng.uniform(0, 60))
        shot = replace(self._shot, camera=camera, webcam=self._shot.webcam.at(time))
        self._renderer.set_backdrop(_part(self._room, camera))
        self._actor.pose(moment.pose)
        sub_frames = self._sub_frames(moment, crop) if crop.at_hand else 1
        drawn = exposed(self._actor, moment.motion, shot, moment.time, sub_frames)
        points, palm = self._actor.hand(moment.pose, crop.side)
        share = self._seen(camera, points)
        if crop.at_hand and not self._is_clear(share, camera, moment, crop):
            return None
        present = crop.at_hand and share >= SEEN_SHARES[1]
        image = self._delivered(drawn, shot, crop.square[2])
        hand, normal = np.full((len(points), 3), np.nan), np.zeros(3)
        if present:
            hand, normal = _in_square(camera, points, crop.square[2]), camera.turned(palm[None])[0]
        if crop.side == "left":
            image = np.ascontiguousarray(image[:, ::-1])
            hand, normal = hand * [-1, 1, 1] + [1, 0, 0], normal * [-1, 1, 1]
        shape = moment.shape(crop.side) if present else ""
        return HandImage(
            image, np.asarray(hand, np.float32), present, np.asarray(normal, np.float32), crop.side, shape
        )

    def _sub_frames(self, moment: Moment, crop: _Crop) -> int:
        """How many pictures show the hand's way while the shutter is open."""
        if isinstance(moment.motion, Still):
            return 1
        half = self._shot.webcam.exposure / 2
        ends = [
            self._whole.project(self._actor.hand(moment.motion.pose(moment.time + way), crop.side)[0])[:, :2]
            for way in (-half, half)
        ]
        moved = np.linalg.norm((ends[1] - ends[0]) * [self._whole.width, self._whole.height], axis=1).max()
        drawn = float(moved) / crop.square[2] * DRAWN_PIXELS
        return int(np.clip(np.ceil(drawn / (2 * SMEAR_PIXELS)), 1, 6))

    def _seen(self, camera: PinholeCamera, points: Floats) -> float:
        """Which share of a hand's landmarks is in square and picture and hidden by nothing."""
        places = camera.project(points)[:, :2]
        whole = self._whole.project(points)[:, :2]
        inside = ((places > 0) & (places < 1) & (whole > 0) & (whole < 1)).all(axis=1)
        surface = self._renderer.depths()
        rows, columns = surface.shape
        column = np.clip((places[:, 0] * columns).astype(int), 0, columns - 1)
        row = np.clip((places[:, 1] * rows).astype(int), 0, rows - 1)
        before = camera.depth(points) - surface[row, column] < HIDDEN_METRES
        return float((inside & before).mean())

    def _is_clear(self, share: float, camera: PinholeCamera, moment: Moment, crop: _Crop) -> bool:
        """Whether one can tell if a hand is in the square, and which; hidden hands are kept by chance."""
        if SEEN_SHARES[0] < share < SEEN_SHARES[1] or self._other_is_nearer(camera, moment, crop):
            return False
        return share >= SEEN_SHARES[1] or bool(self._rng.random() < HIDDEN_SHARE)

    def _other_is_nearer(self, camera: PinholeCamera, moment: Moment, crop: _Crop) -> bool:
        """Whether nobody could tell that this hand is meant: the other one is nearer to the middle."""
        off = {}
        for side in ("left", "right"):
            places = camera.project(self._actor.hand(moment.pose, side)[0])[:, :2]
            off[side] = float(np.linalg.norm((places.min(axis=0) + places.max(axis=0)) / 2 - 0.5))
        return off["left" if crop.side == "right" else "right"] < 1.15 * off[crop.side]

    def _delivered(self, drawn: Pixels, shot: Shot, side: float) -> Pixels:
        """What the live program would cut out: the square at the camera's own pixels, enlarged or shrunk."""
        pixels = int(np.clip(round(side), 12, DRAWN_PIXELS))
        small = cv2.resize(drawn, (pixels, pixels), interpolation=cv2.INTER_AREA)
        looked = shot.webcam.look(np.asarray(small, np.uint8), self._rng)
        resized = np.asarray(cv2.resize(looked, (self._size, self._size)), np.uint8)
        resized[outside(shot.camera, self._size, self._size)] = 0
        return resized


def _part(room: Pixels, camera: PinholeCamera) -> Pixels:
    """The part of a picture of the whole room that is in the camera's window."""
    rows, columns = room.shape[:2]
    left, top, right, bottom = camera.window
    corners = np.array([[left, top], [right, top], [left, bottom]]) * [columns, rows]
    goals = np.array([[0, 0], [DRAWN_PIXELS, 0], [0, DRAWN_PIXELS]])
    mapping = cv2.getAffineTransform(corners.astype(np.float32), goals.astype(np.float32))
    part = cv2.warpAffine(room, mapping, (DRAWN_PIXELS, DRAWN_PIXELS), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(part, np.uint8)


def _in_square(camera: PinholeCamera, points: Floats, side: float) -> Floats:
    """(21, 3) landmarks in shares of the square, depth behind the wrist too."""
    metres = camera.depth(points)
    pixels_per_metre = camera.width / (2 * np.tan(np.radians(camera.horizontal_fov) / 2)) / metres[0]
    behind_wrist = (metres - metres[0]) * pixels_per_metre / side
    return np.asarray(np.c_[camera.project(points)[:, :2], behind_wrist])


def write_shards(
    out: Path,
    seed: int,
    pictures: int,
    shard: int = PICTURES_PER_SHARD,
    size: int = SIZE,
    vocabulary: Vocabulary = SHIPPED,
) -> list[Path]:
    """Write what is missing of the shards with `pictures` together; see `Shards.write_all`.

    Raises:
        GestureLrcnError: no EGL, no body data, or the folder cannot be written.
    """
    shards = Shards(out, "hands", seed)
    return shards.write_all(
        pictures, shard, lambda number: hand_images(shards.rng(number), size, vocabulary), _arrays
    )


def _arrays(examples: list[HandImage]) -> dict[str, NDArray[Any]]:
    names = list(HAND_SHAPES)
    shapes = [names.index(example.shape) if example.shape else -1 for example in examples]
    return {
        "x": np.stack([example.image for example in examples]),
        "hand": np.stack([example.hand for example in examples]),
        "present": np.array([example.present for example in examples]),
        "normal": np.stack([example.normal for example in examples]),
        "side": np.array([example.side == "right" for example in examples], np.uint8),
        "shape": np.array(shapes, np.int16),
        "shapes": np.array(names),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.synthesis.dataset.hand_images")
    parser.add_argument("--out", type=Path, required=True, help="folder for the shards")
    parser.add_argument("--pictures", type=int, default=24_000)
    parser.add_argument("--shard", type=int, default=PICTURES_PER_SHARD, help="pictures a shard")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=SIZE, help="side of the pictures in pixels")
    parser.add_argument("--gestures", type=Path, help="a vocabulary file on top of the shipped one")
    options = parser.parse_args(arguments)
    return exit_code(
        lambda: write_shards(
            options.out,
            options.seed,
            options.pictures,
            options.shard,
            options.size,
            vocabulary_of(options.gestures),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
