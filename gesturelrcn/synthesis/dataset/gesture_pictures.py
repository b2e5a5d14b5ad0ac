"""Draw how each gesture is made: `python -m gesturelrcn.synthesis.dataset.gesture_pictures docs/gestures`.

One small animated WebP a gesture, OUT/NAME.webp, that plays for ever: one person, one camera, one light, an
empty ground. The person faces the viewer and is not mirrored, so his or her left is on the viewer's right.
Without `--only` every gesture is drawn for which the project has a word. The same command gives the same
bytes with the same versions of gesturelrcn, Mesa, OpenCV and Pillow.
"""

import argparse
import io
import logging
import sys
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.dataset.command import exit_code
from gesturelrcn.synthesis.dataset.shards import writing_to
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.filming import Actor, Shot, film, set_up
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.rendering.camera import Light, PinholeCamera
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.webcam import Webcam
from gesturelrcn.system.whole_files import write_whole
from gesturelrcn.vocabulary import quoted

WIDTH, HEIGHT, FPS = 200, 168, 12
QUALITY = 75
SUPERSAMPLING = 2.0
DISTANCE_METRES, BELOW_CROWN_METRES = 2.2, 0.27
SEEN_METRES = 2.0
"""How wide the picture is where the person stands: an arm fits on either side."""
GROUND = (226, 221, 214)
"""Blue, green, red of what is behind the person."""
BEFORE_S, AFTER_S = 0.35, 0.45
"""Seconds at rest, so that beginning and end are told apart when it plays again."""
PERSON_SEED = 7
MOTION_SEED = 8192
"""A performance near the middle of what people do; the same manner in all pictures."""
LIGHT = Light(
    towards=np.array([-0.48, 0.56, 0.68]),
    main=np.array([0.62, 0.61, 0.60]),
    fill_towards=np.array([0.6, 0.1, 0.79]),
    fill=np.array([0.16, 0.17, 0.18]),
    sky=np.array([0.40, 0.41, 0.42]),
    floor=np.array([0.26, 0.25, 0.24]),
)

logger = logging.getLogger(__name__)


class Shown(NamedTuple):
    """Which of the movements of a gesture is shown, by which hand, and for how long its end is held."""

    movement: str
    hand: Hand
    hold: float


SHOWN = {
    "raise_hand": Shown("raise_straight", "right", 1.2),
    "point_left": Shown("point_outwards", "left", 1.2),
    "point_right": Shown("point_outwards", "right", 1.2),
    "swipe_left": Shown("swipe_inwards", "right", 0.15),
    "swipe_right": Shown("swipe_inwards", "left", 0.15),
    "swipe_up": Shown("swipe_upwards", "right", 0.15),
    "swipe_down": Shown("swipe_downwards", "right", 0.15),
    "wave": Shown("wave", "right", 1.8),
    "stop": Shown("stop_aside", "right", 1.2),
    "thumbs_up": Shown("thumb_up_low", "right", 1.2),
    "thumbs_down": Shown("thumb_down", "right", 1.2),
    "beckon": Shown("beckon_forearm", "right", 1.8),
    "push_away": Shown("push_both", "right", 1.8),
    "palms_down": Shown("palms_down_both", "right", 2.9),
    "finger_wag": Shown("finger_wag_arm", "right", 1.8),
    "shrug": Shown("shrug_wide", "right", 0.9),
    "circle": Shown("circle_hand", "right", 2.0),
    "sweep": Shown("sweep_forearm", "right", 0.3),
    "pinch": Shown("pinch_front", "right", 1.0),
    "fist": Shown("fist_closing", "right", 1.0),
    "zoom_in": Shown("zoom_in_arms", "right", 0.2),
    "zoom_out": Shown("zoom_out_arms", "right", 0.2),
    "point_camera": Shown("point_camera", "right", 1.6),
}
"""Of every gesture for which the project has a word, the way of making it that is drawn."""


def performed(gesture: str) -> MotionTimeline:
    """From rest through the gesture back to the same rest."""
    timeline = MotionTimeline(np.random.default_rng(MOTION_SEED), "hanging", liveliness=0.0)
    shown = SHOWN[gesture]
    timeline.pause(BEFORE_S)
    timeline.perform(gesture, shown.hand, shown.movement, hold=shown.hold, tempo=1.0, amplitude=1.0)
    timeline.pause(AFTER_S)
    return timeline


class GestureStage:
    """One person before one camera; a context manager.

    Args:
        person_seed: decides who it is.

    Raises:
        SynthesisError: there is no EGL here, or no body data.
    """

    def __init__(self, person_seed: int = PERSON_SEED) -> None:
        person = random_person(np.random.default_rng(person_seed))
        middle = person.crown - person.ground - BELOW_CROWN_METRES
        camera = PinholeCamera(
            eye=np.array([0.0, middle + 0.05, DISTANCE_METRES]),
            target=np.array([0.0, middle, 0.0]),
            horizontal_fov=float(2 * np.degrees(np.arctan(SEEN_METRES / 2 / DISTANCE_METRES))),
            width=WIDTH,
            height=HEIGHT,
        )
        self._renderer = Renderer(WIDTH, HEIGHT, SUPERSAMPLING)
        self._actor = Actor(self._renderer, person)
        plain = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
        self._shot = Shot(camera, LIGHT, [], 0.0, Webcam(blur=0.0, noise=0.0, jpeg=0), backdrop=plain)
        set_up(self._renderer, self._shot)

    def __enter__(self) -> "GestureStage":
        return self

    def __exit__(self, *_: object) -> None:
        self._actor.release()
        self._renderer.close()

    def frames(self, gesture: str) -> list[Pixels]:
        """(HEIGHT, WIDTH, 3) uint8 BGR pictures, FPS a second."""
        unused = np.random.default_rng(0)
        return [frame.image for frame in film(self._actor, performed(gesture), self._shot, unused, FPS)]


def animation(frames: list[Pixels]) -> bytes:
    """A WebP file that plays BGR pictures for ever, FPS a second."""
    first, *others = [Image.fromarray(frame[..., ::-1]) for frame in frames]
    packed = io.BytesIO()
    first.save(
        packed,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=round(1000 / FPS),
        loop=0,
        quality=QUALITY,
        method=4,
    )
    return packed.getvalue()


def write_pictures(out: Path, gestures: Collection[str] = tuple(SHOWN)) -> list[Path]:
    """Write OUT/NAME.webp of each of the gestures that can be shown.

    Raises:
        GestureLrcnError: no EGL, no body data, or the folder cannot be written.
    """
    names = [name for name in SHOWN if name in gestures]
    with writing_to(out, "Pictures"), GestureStage() as stage:
        for name in names:
            path = out / f"{name}.webp"
            packed = animation(stage.frames(name))
            write_whole(path, packed)
            logger.info("%s: %.0f kB", path, len(packed) / 1000)
    return [out / f"{name}.webp" for name in names]


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.synthesis.dataset.gesture_pictures")
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--only", nargs="+", metavar="GESTURE", help="draw these gestures")
    options = parser.parse_args(arguments)

    def work() -> None:
        for name in options.only or ():
            if name not in SHOWN:
                raise SynthesisError(f"There is no picture of {quoted(name)}; there are {', '.join(SHOWN)}.")
        write_pictures(options.out, options.only or tuple(SHOWN))

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
