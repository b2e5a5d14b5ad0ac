import cv2
import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.film_truth import FilmFacts, Truth
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.synthesis.dataset.contact_sheet import COLUMNS, TILE_PIXELS, contact_sheet
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.errors import SynthesisError
from tests.recordings.uneven import TIMES, write_uneven


def film(folder, name, stroke_end):
    """Dark until the stroke ends, bright after."""
    pictures = [np.full((64, 64, 3), 40 if index < stroke_end * 10 else 200, np.uint8) for index in range(10)]
    write_video(folder / f"{name}.mp4", pictures, 10)
    truth = Truth(
        FilmFacts(f"{name}.mp4", "P", 10, 10, 64, "seated", 1.0, "upper"),
        [TrueGesture("wave", 0.1, 0.8, stroke_end, 0.9, "left")] if stroke_end < 1 else [],
        [],
        np.arange(10) / 10,
        np.zeros((10, len(KEYPOINTS), 3), np.float32),
    )
    path = folder / f"{name}.jsonl"
    path.write_text("".join(f"{line}\n" for line in truth.lines()))
    return path


def test_each_film_is_shown_where_its_stroke_ends(tmp_path):
    films = [film(tmp_path, "gesture", 0.5), film(tmp_path, "none", 1.0)]
    sheet = cv2.imdecode(np.frombuffer(contact_sheet(films), np.uint8), cv2.IMREAD_COLOR)

    assert sheet.shape == (TILE_PIXELS, 2 * TILE_PIXELS, 3)
    assert np.median(sheet[:, :TILE_PIXELS]) == pytest.approx(200, abs=6)
    assert np.median(sheet[:, TILE_PIXELS:]) == pytest.approx(40, abs=6)


def test_more_films_than_a_row_and_fewer_tiles_than_films(tmp_path):
    films = [film(tmp_path, "gesture", 0.5)] * 30
    sheet = cv2.imdecode(np.frombuffer(contact_sheet(films, COLUMNS + 1), np.uint8), cv2.IMREAD_COLOR)

    assert sheet.shape == (2 * TILE_PIXELS, COLUMNS * TILE_PIXELS, 3)


def test_a_film_that_cannot_be_read_is_one_sentence(tmp_path):
    path = film(tmp_path, "gesture", 0.5)
    path.with_suffix(".mp4").write_bytes(b"no film")

    with pytest.raises(SynthesisError, match=r"gesture\.mp4 cannot be read"):
        contact_sheet([path])


def test_a_film_of_uneven_times_is_shown_where_its_stroke_ends(tmp_path):
    path = film(tmp_path, "gesture", 0.5)
    bright = TIMES.index(0.7)
    pictures = [np.full((64, 64, 3), 200 if number == bright else 40, np.uint8) for number in range(10)]
    write_uneven(path.with_suffix(".mp4"), pictures)
    sheet = cv2.imdecode(np.frombuffer(contact_sheet([path]), np.uint8), cv2.IMREAD_COLOR)
    assert np.median(sheet) == pytest.approx(200, abs=6)
