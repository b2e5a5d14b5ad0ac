"""Render the sample clip of the project: `python -m gesturelrcn.synthesis.dataset.sample_clip OUT.mp4`.

One synthetic person stands in a room and points right twice, points left once and raises a hand twice. The
truth is written beside it as OUT.jsonl, one JSON object a line.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.random import Generator

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.filming import Actor, Shot, film, set_up
from gesturelrcn.synthesis.motion.motion import PerformedMovement
from gesturelrcn.synthesis.motion.shipped import HANGING
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.rendering.camera import PinholeCamera, random_light
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.room import random_room
from gesturelrcn.synthesis.scene.webcam import Webcam

WIDTH, HEIGHT, FPS = 640, 480, 20
DISTANCE_METRES = 1.9
HORIZONTAL_FOV = 62.0
BIT_RATE = 180_000
PERSON_SEED, ROOM_SEED = 23, 27


def script(rng: Generator) -> MotionTimeline:
    """What the person of the sample does."""
    timeline = MotionTimeline(rng, {"left": HANGING, "right": HANGING})
    timeline.pause(3.0)
    timeline.perform("point_right", "right", "point_outwards", hold=1.2, tempo=1.0)
    timeline.pause(2.5)
    timeline.perform("point_right", "right", "point_outwards", hold=1.2, tempo=1.0)
    timeline.pause(2.2)
    timeline.perform("point_left", "left", "point_outwards", hold=1.2, tempo=1.0)
    timeline.pause(2.2)
    timeline.perform("raise_hand", "right", "raise_straight", hold=1.5, tempo=1.0)
    timeline.pause(2.0)
    timeline.perform("raise_hand", "right", "raise_straight", hold=1.5, tempo=1.0)
    timeline.pause(2.0)
    return timeline


def render(out: Path, person_seed: int = PERSON_SEED, room_seed: int = ROOM_SEED) -> list[PerformedMovement]:
    """Write the clip to `out` and its truth beside it; returns the truth.

    Raises:
        SynthesisError: no EGL, no body data, or `out` cannot be written.
    """
    if not out.parent.is_dir():
        raise SynthesisError(f"The video cannot be written because {out.parent} is no folder: make it first.")
    rng = np.random.default_rng(room_seed)
    timeline = script(rng)
    person = random_person(np.random.default_rng(person_seed))
    chest = person.crown - person.ground - 0.30
    camera = PinholeCamera(
        eye=np.array([0.05, chest + 0.10, DISTANCE_METRES]),
        target=np.array([0.0, chest + 0.06, 0.0]),
        horizontal_fov=HORIZONTAL_FOV,
        width=WIDTH,
        height=HEIGHT,
    )
    shot = Shot(
        camera,
        random_light(rng),
        random_room(rng),
        room_blur=1.2,
        webcam=Webcam(blur=0.5, noise=0.006, jpeg=90),
    )
    with Renderer(WIDTH, HEIGHT) as renderer:
        actor = Actor(renderer, person)
        set_up(renderer, shot)
        write_video(out, (frame.image for frame in film(actor, timeline, shot, rng, FPS)), FPS, BIT_RATE)
    out.with_suffix(".jsonl").write_text(
        "".join(f"{json.dumps(as_line(done))}\n" for done in timeline.performed)
    )
    return timeline.performed


def as_line(done: PerformedMovement) -> dict[str, str | float]:
    """The truth about one gesture as it is written."""
    return {
        "gesture": done.gesture,
        "onset_s": round(done.onset, 3),
        "stroke_end_s": round(done.stroke_end, 3),
        "offset_s": round(done.offset, 3),
        "hand": done.hand,
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m gesturelrcn.synthesis.dataset.sample_clip", description=render.__doc__
    )
    parser.add_argument("out", type=Path, help="video to write, for example sample.mp4")
    parser.add_argument("--person-seed", type=int, default=PERSON_SEED)
    parser.add_argument("--room-seed", type=int, default=ROOM_SEED)
    options = parser.parse_args(arguments)
    try:
        gestures = render(options.out, options.person_seed, options.room_seed)
    except GestureLrcnError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{options.out}: {len(gestures)} gestures\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
