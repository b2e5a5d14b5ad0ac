"""The page of the gestures, its pictures, and those in the README are of the gestures that the card names."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageSequence

from docs.gesture_page import (
    FOR_SLIDES,
    PICTURES,
    TOLD,
    gestures_page,
    gestures_summary,
)
from docs.paste_model import (
    GESTURES_PAGE,
    PICTURES_BEGIN,
    PICTURES_END,
    README,
    ROOT,
    pictured,
)
from gesturelrcn.evaluation.metrics import CORE
from gesturelrcn.model import ModelCard, read_card
from gesturelrcn.model.files import card_path
from gesturelrcn.synthesis.dataset.gesture_pictures import FPS, GROUND, HEIGHT, WIDTH, performed
from gesturelrcn.vocabulary import GESTURES, NONE

AGAIN = "run `python docs/paste_model.py`"
FOLDER = ROOT / "docs" / PICTURES
WRISTS = ("belly", "breast", "shoulders", "head", "above the head")
MOST_BYTES = 1_500_000


@pytest.fixture
def card() -> ModelCard:
    return read_card(card_path("default"))


def rows(page: str) -> dict[str, list[str]]:
    """The cells of each row by the gesture named in it, from one part of a page."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if "![" in line]
    named = {re.sub(r"\*\*(\w+)\*\*.*", r"\1", line[1]): line for line in cells}
    assert len(named) == len(cells)
    return named


def parts(page: str) -> tuple[str, str]:
    """What a model recognises, and what it does not."""
    known, _, others = page.partition("does not recognise")
    return known, others


def test_the_page_and_the_readme_are_up_to_date(card: ModelCard) -> None:
    readme = README.read_text(encoding="utf-8")
    assert GESTURES_PAGE.read_text(encoding="utf-8") == gestures_page(card), AGAIN
    assert pictured(readme, card) == readme, AGAIN


def test_each_gesture_of_the_card_has_a_row_and_nothing_else_is_among_them(card: ModelCard) -> None:
    known, others = map(rows, parts(GESTURES_PAGE.read_text(encoding="utf-8")))

    assert set(known) == set(card.gestures)
    assert set(others) == set(GESTURES) - set(card.gestures)
    for name, row in {**known, **others}.items():
        picture, named, made, seconds, wrist, like = row
        assert f"({PICTURES}/{name}.webp)" in picture
        assert named.startswith(f"**{name}**, a {GESTURES[name].kind}: {GESTURES[name].meaning}")
        assert (made, like) == TOLD[name]
        assert re.fullmatch(r"\d\.\d to \d+\.\d", seconds)
        assert wrist.split(" to ")[-1] in WRISTS


def test_what_looks_alike_has_a_row_too() -> None:
    assert set(TOLD) == set(GESTURES)
    for told in TOLD.values():
        assert set(re.findall(r"`(\w+)`", told.like)) <= set(GESTURES)


def test_another_model_has_other_rows_and_says_what_is_off(card: ModelCard) -> None:
    swipes = replace(card, classes=("none", "swipe_left", "wave"), off={"wave": "found too seldom"})

    known, others = map(rows, parts(gestures_page(swipes)))

    assert set(known) == {"swipe_left", "wave"}
    assert "off: found too seldom" in known["wave"][1]
    assert set(others) == set(GESTURES) - set(known)
    assert "does not recognise" not in gestures_page(replace(card, classes=(NONE, *GESTURES)))


def test_the_readme_shows_the_core_gestures_and_the_swipes_of_the_card(card: ModelCard) -> None:
    shown = re.findall(r'src="docs/gestures/(\w+)\.webp"', gestures_summary(card))
    everything = replace(card, classes=(NONE, *GESTURES), off={})

    on = [name for name in card.gestures if name not in card.off]
    assert shown == [name for name in (*CORE, *FOR_SLIDES) if name in on]
    assert set(FOR_SLIDES) <= set(re.findall(r"`(\w+)`", gestures_summary(everything)))
    for line in gestures_summary(everything).splitlines():
        assert line.count("|") == gestures_summary(everything).splitlines()[0].count("|")


def test_only_what_stands_between_the_marks_is_replaced(card: ModelCard) -> None:
    page = f"# Head\n{PICTURES_BEGIN}old\n{PICTURES_END}Foot\n"
    once = pictured(page, card)
    assert once == f"# Head\n{PICTURES_BEGIN}\n{gestures_summary(card)}\n\n{PICTURES_END}Foot\n"
    assert pictured(once, card) == once
    with pytest.raises(SystemExit, match="no line"):
        pictured("# Head\n", card)


def test_there_is_a_picture_of_every_gesture_and_all_are_small() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.webp" for name in GESTURES}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


@pytest.mark.parametrize("name", GESTURES)
def test_a_picture_shows_the_whole_movement_inside_its_borders(name: str) -> None:
    with Image.open(FOLDER / f"{name}.webp") as film:
        assert (film.size, film.info["loop"]) == ((WIDTH, HEIGHT), 0)
        frames, seconds = [], 0.0
        for frame in ImageSequence.Iterator(film):
            frames.append(np.asarray(frame.convert("RGB"), np.int16))
            seconds += frame.info["duration"] / 1000
    pictures = np.array(frames)
    assert seconds == pytest.approx(performed(name).length, abs=1.5 / FPS)
    # Hands stay in the picture, whose ground is plain; only the body goes on below it.
    for border in (pictures[:, 0], pictures[:, : HEIGHT // 2, 0], pictures[:, : HEIGHT // 2, -1]):
        assert np.abs(border - GROUND[::-1]).max() < 12
    # It ends as it began, but for what the compression leaves, and something happened between.
    changed = np.abs(pictures - pictures[0]).mean(axis=(1, 2, 3))
    assert changed[-1] < 1.0
    assert changed.max() > 1.5
