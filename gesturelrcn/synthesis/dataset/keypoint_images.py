"""Pictures of synthetic people with exact joints, to teach a network where hands are.

`python -m gesturelrcn.synthesis.dataset.keypoint_images OUT --minutes 15` writes shards
OUT/keypoints-SEED-000.npz: `x` (N, size, size, 3) uint8 BGR, and `y` (N, J, 3) float32, x and y in shares of
the picture and 1.0 where inside the camera's picture and hidden by nothing; J are the joints of
`gesturelrcn.keypoints.KEYPOINTS`. The pictures are the squares around the person that the live program
would cut out, black beyond the camera's picture.
"""

import argparse
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.dataset.command import exit_code
from gesturelrcn.synthesis.dataset.shards import Shards
from gesturelrcn.synthesis.film.crop_view import in_camera_too, square_shot
from gesturelrcn.synthesis.film.filming import Actor, seen, set_up
from gesturelrcn.synthesis.film.staging import furnish
from gesturelrcn.synthesis.motion.shipped import MOVEMENTS, POSTURES, RESTS
from gesturelrcn.synthesis.pose import HAND_SHAPES, ArmPose, Pose, Trunk, between
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.rotations import about, quaternion, unit
from gesturelrcn.synthesis.scene.framing import person_square, random_camera, reach_of

SIZE = 224
FRAMES_PER_SHOT = 12
SHOTS_PER_PERSON = 2
FRAMES_PER_SHARD = 504
SEATED_SHARE = 0.5
SQUARE_JITTER = 0.10
"""Standard deviation of the square's place and size: live, it is never quite right."""


@dataclass(frozen=True)
class KeypointImage:
    """One picture: `image` (size, size, 3) uint8 BGR, `keypoints` (J, 3) float32 as in the shards."""

    image: Pixels
    keypoints: Image


def random_arm(rng: np.random.Generator) -> ArmPose:
    """An arm at rest, in the middle of a gesture, in an everyday posture, or anywhere it can reach."""
    kind = rng.choice(["rest", "gesture", "posture", "free"], p=[0.2, 0.4, 0.15, 0.25])
    resting = list(RESTS.values())[rng.integers(len(RESTS))]
    if kind == "free":
        return _free_arm(rng)
    if kind == "rest":
        goal, share = resting, 1.0
    elif kind == "posture":
        goal, share = list(POSTURES.values())[rng.integers(len(POSTURES))], float(rng.beta(4, 1))
    else:
        keys = list(MOVEMENTS.values())[rng.integers(len(MOVEMENTS))].keys
        last = int(rng.integers(len(keys)))
        goal, share = keys[last].pose, float(rng.beta(2, 1))
        resting = keys[last - 1].pose if last > 0 else resting
    pose = between(resting, goal, share)
    shaken = quaternion(about(unit(rng.normal(0, 1, 3)), rng.normal(0, 0.25)))
    return replace(
        pose,
        wrist=pose.wrist + rng.normal(0, 0.07, 3),
        elbow=unit(pose.elbow + rng.normal(0, 0.15, 3)),
        hand=_multiply(pose.hand, shaken),
        fingers=_loosened(rng, pose.fingers),
    )


def _free_arm(rng: np.random.Generator) -> ArmPose:
    way = unit(np.array([rng.uniform(-0.6, 1.0), rng.uniform(-1, 1), rng.uniform(-0.15, 1.0)]))
    roll, bend, sway = rng.uniform(-1.4, 1.4), rng.normal(0, 0.45), rng.normal(0, 0.2)
    x, y, z = np.eye(3)
    hand = about(x, roll) @ about(z, bend) @ about(y, sway)
    shapes = list(HAND_SHAPES.values())
    return ArmPose(
        wrist=way * rng.uniform(0.35, 1.02),
        elbow=unit(np.array([rng.uniform(0.2, 1), rng.uniform(-1, 0.1), rng.uniform(-0.6, 0.2)])),
        hand=quaternion(hand),
        fingers=_loosened(rng, np.array(shapes[rng.integers(len(shapes))])),
        shrug=float(rng.choice([0.0, rng.uniform(0, 1)], p=[0.8, 0.2])),
    )


def _loosened(rng: np.random.Generator, fingers: Floats) -> Floats:
    """No two people close or open a hand quite alike."""
    relaxed = np.array(HAND_SHAPES["relaxed"])
    mixed = fingers + rng.uniform(0, 0.3) * (relaxed - fingers) + rng.normal(0, 0.05, fingers.shape)
    mixed[:4] = np.clip(mixed[:4], 0, 1)
    return np.asarray(mixed)


def _multiply(first: Floats, second: Floats) -> Floats:
    a, b, c, d = first
    table = np.array([[a, -b, -c, -d], [b, a, -d, c], [c, d, a, -b], [d, -c, b, a]])
    return np.asarray(table @ second)


def random_pose(rng: np.random.Generator) -> Pose:
    """A whole body with two random arms (the same posture in both in a fifth of the cases)."""
    left = random_arm(rng)
    right = left if rng.random() < 0.2 else random_arm(rng)
    trunk = Trunk(
        head=rng.normal(0, 1, 3) * np.array([0.18, 0.30, 0.10]),
        spine=rng.normal(0, 1, 3) * np.array([0.08, 0.10, 0.06]),
        turn=float(rng.normal(0, 0.22)),
        shift=rng.normal(0, 0.04, 3) * np.array([1, 0.3, 1]),
    )
    blink = float(rng.random() < 0.06)
    return Pose(left, right, replace(trunk, jaw=float(max(0.0, rng.normal(0, 0.06)))), blink)


def keypoint_images(rng: np.random.Generator, size: int = SIZE) -> Generator[KeypointImage, None, None]:
    """Pictures without end: a new shot every FRAMES_PER_SHOT, a new person every SHOTS_PER_PERSON shots."""
    with Renderer(size, size) as renderer:
        while True:
            person = random_person(rng)
            for _ in range(SHOTS_PER_PERSON):
                actor = Actor(renderer, person, seated=bool(rng.random() < SEATED_SHARE))
                yield from _shot(rng, renderer, actor, size)
                actor.release()


def _shot(rng: np.random.Generator, renderer: Renderer, actor: Actor, size: int) -> Iterator[KeypointImage]:
    chest = actor.focus + np.array([0, 0.2, 0])
    # Half of the cameras do not care whether raised hands stay in the picture: the network shall know both.
    reach = reach_of(actor.person, actor.lowered) if rng.random() < 0.5 else None
    whole = random_camera(rng, chest, reach=reach)
    x, y, side = person_square(whole, actor.pose(random_pose(rng)))
    shaken = rng.normal(0, SQUARE_JITTER, 3)
    square = (x + shaken[0] * side / 2, y + shaken[1] * side / 2, side * float(np.exp(shaken[2])))
    shot = square_shot(rng, whole, square, size)
    shot = furnish(rng, renderer, shot, actor, float(FRAMES_PER_SHOT))
    set_up(renderer, shot)
    for number in range(FRAMES_PER_SHOT):
        joints = actor.pose(random_pose(rng))
        image = shot.webcam.look(actor.picture(shot, float(number)), rng)
        keypoints = in_camera_too(shot.camera, seen(shot.camera, joints))
        keypoints[:, 2] *= actor.unhidden(shot.camera, joints)
        yield KeypointImage(image, keypoints)
    shot.release()


def write_shards(
    out: Path, seed: int, minutes: float, frames: int = FRAMES_PER_SHARD, size: int = SIZE
) -> list[Path]:
    """Write shards for `minutes`, at least one, after those that are there; see `Shards.write`.

    Raises:
        GestureLrcnError: no EGL, no body data, or the folder cannot be written.
    """
    ends = time.monotonic() + minutes * 60
    shards, written = Shards(out, "keypoints", seed), list[Path]()
    number = shards.count()
    while not written or time.monotonic() < ends:
        if shards.write(number, keypoint_images(shards.rng(number), size), frames, _arrays):
            written.append(shards.path(number))
        number += 1
    return written


def _arrays(examples: list[KeypointImage]) -> dict[str, NDArray[Any]]:
    return {
        "x": np.stack([example.image for example in examples]),
        "y": np.stack([example.keypoints for example in examples]),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.synthesis.dataset.keypoint_images")
    parser.add_argument("out", type=Path, help="folder for the shards")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--frames", type=int, default=FRAMES_PER_SHARD, help="frames a shard")
    parser.add_argument("--size", type=int, default=SIZE, help="side of the pictures in pixels")
    options = parser.parse_args(arguments)
    return exit_code(
        lambda: write_shards(options.out, options.seed, options.minutes, options.frames, options.size)
    )


if __name__ == "__main__":
    sys.exit(main())
