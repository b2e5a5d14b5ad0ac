"""One picture that shows what is in many films."""

from pathlib import Path

import numpy as np

from gesturelrcn.errors import CaptureError
from gesturelrcn.recordings.film_truth import read_film_facts
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.system.opencv import cv2

TILE_PIXELS = 160
COLUMNS = 8
MOST_TILES = 48
JPEG_QUALITY = 80
TIME_ROUNDING = 0.002
"""Seconds by which a film's own times may be off."""


def contact_sheet(truths: list[Path], tiles: int = MOST_TILES) -> bytes:
    """A JPEG file with a picture from each of up to `tiles` films, evenly chosen, named by its gesture.

    Args:
        truths: the `.jsonl` files; the films are beside them.
        tiles: how many pictures at most.

    Raises:
        SynthesisError: a film or its truth cannot be read.
    """
    chosen = [truths[i] for i in np.unique(np.linspace(0, len(truths) - 1, tiles).round().astype(int))]
    pictures = [_tile(path) for path in chosen]
    blank = np.zeros_like(pictures[0])
    columns = min(COLUMNS, len(pictures))
    pictures += [blank] * (-len(pictures) % columns)
    rows = [np.hstack(pictures[i : i + columns]) for i in range(0, len(pictures), columns)]
    _, packed = cv2.imencode(".jpg", np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return packed.tobytes()


def _tile(truth: Path) -> Pixels:
    """The film where its first stroke ends, or its middle."""
    film, gestures = read_film_facts(truth)
    at = gestures[0].stroke_end + 0.1 if gestures else film.frames / film.fps / 2
    label = gestures[0].gesture if gestures else "none"
    picture = _frame(truth.with_suffix(".mp4"), at)
    tile = cv2.resize(picture, (TILE_PIXELS, TILE_PIXELS), interpolation=cv2.INTER_AREA)
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(tile, label, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, thickness, cv2.LINE_AA)
    return np.asarray(tile, np.uint8)


def _frame(film: Path, seconds: float) -> Pixels:
    """The first picture of a film that is not before a time, or its last one."""
    try:
        for frame in frames_of(film):
            if frame.captured_at >= seconds - TIME_ROUNDING:
                break
    except CaptureError as error:
        raise SynthesisError(f"The film {film} cannot be read ({error}): make it anew.") from error
    return frame.image
