"""Pictures of rooms in which nobody is, to put behind people who were filmed in a few rooms only.

`python -m gesturelrcn.synthesis.dataset.backgrounds OUT --pictures 2000` writes OUT/rooms-SEED-00000.jpg and
so on, square, as a webcam between 0.6 and 6 metres from somebody's place would see the room.
"""

import argparse
import logging
import sys
from collections.abc import Generator
from pathlib import Path

import numpy as np

from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.dataset.command import exit_code
from gesturelrcn.synthesis.dataset.shards import writing_to
from gesturelrcn.synthesis.film.filming import Shot, behind
from gesturelrcn.synthesis.rendering.camera import random_light
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.framing import random_camera
from gesturelrcn.synthesis.scene.room import random_room
from gesturelrcn.synthesis.scene.webcam import Webcam
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.whole_files import write_whole

SIZE = 224
VIEWS_PER_ROOM = 4
JPEG_QUALITY = 92
CHEST = np.array([0.0, 1.3, 0.0])
"""Where somebody would stand, metres."""

logger = logging.getLogger(__name__)


def backgrounds(rng: np.random.Generator, size: int = SIZE) -> Generator[Pixels, None, None]:
    """(size, size, 3) uint8 BGR without end: a new room every VIEWS_PER_ROOM pictures."""
    with Renderer(size, size) as renderer:
        while True:
            room, light = random_room(rng), random_light(rng)
            for _ in range(VIEWS_PER_ROOM):
                camera = random_camera(rng, CHEST, size=(size, size))
                blur = float(rng.choice([0.0, rng.uniform(0, 2.5)]))
                yield behind(renderer, Shot(camera, light, room, blur, Webcam()))[0]


def write_backgrounds(out: Path, seed: int, pictures: int, size: int = SIZE) -> list[Path]:
    """Write the pictures of one seed, or none where they are all there.

    Raises:
        GestureLrcnError: no EGL, or the folder cannot be written.
    """
    paths = [out / f"rooms-{seed}-{number:05d}.jpg" for number in range(pictures)]
    if not pictures or paths[-1].exists():
        return []
    with writing_to(out, "Pictures"):
        stream = backgrounds(np.random.default_rng(seed), size)
        for path in paths:
            packed = cv2.imencode(".jpg", next(stream), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            write_whole(path, packed.tobytes())
        stream.close()
    logger.info("%s: %d pictures", paths[-1], len(paths))
    return paths


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.synthesis.dataset.backgrounds")
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=SIZE, help="side of the pictures in pixels")
    options = parser.parse_args(arguments)
    return exit_code(lambda: write_backgrounds(options.out, options.seed, options.pictures, options.size))


if __name__ == "__main__":
    sys.exit(main())
