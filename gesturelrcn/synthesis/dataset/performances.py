"""Gestures performed by synthetic people before a camera, as tracks of joints: nothing is drawn.

A second of film takes a second to draw; where only joints are label, a performance takes that long.
`python -m gesturelrcn.synthesis.dataset.performances --out DIR --clips 2000` writes shards
DIR/performances-SEED-000.npz. Of N performances with T1, T2, ... frames one after another they hold

    joints      (T1+T2+..., J, 2) float32 pixels of the camera; `gesturelrcn.keypoints.KEYPOINTS`
    hands       (T1+T2+..., 2, 21, 3) float32: landmarks of the left and the right hand in MediaPipe's order,
                x and y in pixels, z behind the wrist in pixels of the wrist's distance (nearer is negative)
    times       (T1+T2+...,) float32 seconds from the beginning of each performance
    lengths     (N,) frames; label, person (N,) text
    onset, stroke_end, offset   (N,) seconds, NaN for none
    region      (N, 3) person region while at rest: centre x, y and side in pixels
    size        (N, 2) width and height of the camera's picture
"""

import argparse
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gesturelrcn.synthesis.arrays import Floats, Image
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.dataset.command import exit_code
from gesturelrcn.synthesis.dataset.shards import Shards
from gesturelrcn.synthesis.film.filming import Actor
from gesturelrcn.synthesis.film.script import clip_script
from gesturelrcn.synthesis.film.studio import suitable_camera
from gesturelrcn.synthesis.motion.shipped import SHIPPED, vocabulary_of
from gesturelrcn.synthesis.motion.vocabulary import Vocabulary, gesture_names
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.rendering.camera import PinholeCamera
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.framing import person_square
from gesturelrcn.vocabulary import NONE

FPS = 15.0
LONGEST = 12.0
"""Seconds of a performance that are kept: everyday movements go on for long."""
CLIPS_PER_PERSON = 24
NONE_SHARE = 0.19
"""Of the performances, those that are no gesture."""
SEATED_SHARE = 0.25
SHARD_CLIPS = 200


@dataclass(frozen=True)
class Performance:
    """One gesture by one person; arrays as in the shards, `gesture` is onset, stroke end and offset."""

    label: str
    person: str
    joints: Image
    hands: Image
    times: Image
    gesture: tuple[float, float, float] | None
    region: tuple[float, float, float]
    size: tuple[int, int]


def performances(
    seed: tuple[int, ...], vocabulary: Vocabulary = SHIPPED, names: tuple[str, ...] = ()
) -> Generator[Performance, None, None]:
    """Without end: gesture after gesture in equal shares, a new person after CLIPS_PER_PERSON.

    Args:
        seed: of every random choice.
        vocabulary: how people move.
        names: only these gestures, beside none; all of the vocabulary if empty.
    """
    rng = np.random.default_rng(seed)
    gestures = [name for name in gesture_names(vocabulary) if name != NONE and (not names or name in names)]
    with Renderer(64, 64) as renderer:
        for number in range(sys.maxsize):
            seated = bool(rng.random() < SEATED_SHARE)
            actor = Actor(renderer, random_person(rng), seated=seated)
            person = "-".join(str(part) for part in (*seed, number))
            for _ in range(CLIPS_PER_PERSON):
                label = NONE if rng.random() < NONE_SHARE else str(rng.choice(gestures))
                performance = _performance(rng, actor, vocabulary, label, person)
                if performance is not None:
                    yield performance
            actor.release()


def _performance(
    rng: np.random.Generator, actor: Actor, vocabulary: Vocabulary, label: str, person: str
) -> Performance | None:
    seed = int(rng.integers(2**32))
    camera, script = suitable_camera(
        rng, actor, lambda ceiling: clip_script(np.random.default_rng(seed), vocabulary, label, ceiling)
    )
    done = script.gestures()
    if label != NONE and not done:
        return None
    timeline = script.timeline
    times = np.arange(0.0, min(timeline.length, LONGEST), 1.0 / FPS)
    seen = [_seen(actor, camera, timeline.pose(float(at))) for at in times]
    return Performance(
        label,
        person,
        np.array([joints for joints, _ in seen], np.float32),
        np.array([hands for _, hands in seen], np.float32),
        times.astype(np.float32),
        (done[0].onset, done[0].stroke_end, done[0].offset) if done else None,
        person_square(camera, actor.joints(timeline.pose(0.0))),
        (camera.width, camera.height),
    )


def _seen(actor: Actor, camera: PinholeCamera, pose: Pose) -> tuple[Floats, Floats]:
    """(J, 2) joints and (2, 21, 3) hands in pixels."""
    size = np.array([camera.width, camera.height])
    pixels_per_metre = camera.width / (2 * np.tan(np.radians(camera.horizontal_fov) / 2))
    hands = []
    for side in ("left", "right"):
        points, _ = actor.hand(pose, side)
        metres = camera.depth(points)
        behind = (metres - metres[0]) * pixels_per_metre / metres[0]
        hands.append(np.c_[camera.project(points)[:, :2] * size, behind])
    return camera.project(actor.joints(pose))[:, :2] * size, np.array(hands)


def write_shards(
    out: Path,
    seed: int,
    clips: int,
    shard: int = SHARD_CLIPS,
    vocabulary: Vocabulary = SHIPPED,
    names: tuple[str, ...] = (),
) -> list[Path]:
    """Write what is missing of the shards with `clips` performances together; see `Shards.write_all`.

    Raises:
        GestureLrcnError: no EGL, no body data, or the folder cannot be written.
    """
    return Shards(out, "performances", seed).write_all(
        clips, shard, lambda number: performances((seed, number), vocabulary, names), _arrays
    )


def _arrays(examples: list[Performance]) -> dict[str, Any]:
    unknown = (np.nan,) * 3
    moments = np.array([example.gesture or unknown for example in examples])
    return {
        "joints": np.concatenate([example.joints for example in examples]),
        "hands": np.concatenate([example.hands for example in examples]),
        "times": np.concatenate([example.times for example in examples]),
        "lengths": np.array([len(example.times) for example in examples]),
        "label": np.array([example.label for example in examples]),
        "person": np.array([example.person for example in examples]),
        "onset": moments[:, 0],
        "stroke_end": moments[:, 1],
        "offset": moments[:, 2],
        "region": np.array([example.region for example in examples]),
        "size": np.array([example.size for example in examples]),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.synthesis.dataset.performances")
    parser.add_argument("--out", type=Path, required=True, help="folder for the shards")
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="these gestures, comma-separated; default all")
    parser.add_argument("--gestures", type=Path, help="a vocabulary file on top of the shipped one")
    options = parser.parse_args(arguments)
    names = tuple(name for name in options.only.split(",") if name)
    return exit_code(
        lambda: write_shards(
            options.out, options.seed, options.clips, vocabulary=vocabulary_of(options.gestures), names=names
        )
    )


if __name__ == "__main__":
    sys.exit(main())
