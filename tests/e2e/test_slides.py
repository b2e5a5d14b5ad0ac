"""Gestures turn the slides of programs that are not ours: reveal.js in Chromium, and LibreOffice Impress."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demos.presentation import REVEAL, Presentation
from tests.e2e.camera import camera_playing
from tests.e2e.conftest import Clip, Slides
from tests.e2e.impress import Impress
from tests.e2e.watch import Watch, keys_down
from tests.xvfb import XServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BLACK = 0
Look = Callable[[], int | None]
"""The number of the slide that is shown, or BLACK, or None for what cannot be told."""


@pytest.fixture
def reveal(server: XServer, require: Callable[..., None]) -> Iterator[Look]:
    require("chromium")
    if not REVEAL.is_dir() and os.environ.get("CI") != "true":
        pytest.skip("reveal.js is not there; make test fetches it")
    assert REVEAL.is_dir()
    with Presentation(server.display) as deck:

        def look() -> int | None:
            shown = deck.shown()
            if shown is None:
                return None
            return BLACK if shown.black else shown.number

        yield look


@pytest.fixture
def impress(server: XServer, require: Callable[..., None], tmp_path: Path) -> Iterator[Look]:
    require("soffice", "openbox")
    with Impress(server.display, tmp_path) as show:
        yield show.shown


@pytest.fixture(params=["reveal", "impress"])
def look(request: pytest.FixtureRequest) -> Look:
    chosen: Look = request.getfixturevalue(request.param)
    return chosen


def expected(gestures: list[str]) -> list[int]:
    """What is shown one after the other if each gesture does its work once."""
    steps = {"point_right": 1, "swipe_right": 1, "point_left": -1, "swipe_left": -1}
    number, black = 1, False
    seen = [number]
    for gesture in gestures:
        if gesture == "raise_hand":
            black = not black
        elif gesture in steps and not black:
            number += steps[gesture]
        else:
            continue
        seen.append(BLACK if black else number)
    return seen


def test_a_recording_turns_the_slide_once_per_gesture(
    look: Look, server: XServer, slides: Slides, clip: Clip
) -> None:
    with Watch(look) as watch:
        slides.start(clip.path)
        status = slides.wait(timeout=120)
        watch.wait_until_seen(expected(clip.gestures))
    assert watch.seen == expected(clip.gestures), slides.log.read_text()
    assert status == 0, slides.log.read_text()
    assert keys_down(server.display) == []


def test_a_live_camera_turns_the_slide_once_per_gesture(
    look: Look, server: XServer, slides: Slides, clip: Clip
) -> None:
    with camera_playing(clip.path) as camera, Watch(look) as watch:
        slides.start(camera.url)
        assert camera.over.wait(camera.seconds + 60), slides.log.read_text()
        watch.wait_until_seen(expected(clip.gestures))
        slides.interrupt()
        slides.wait(timeout=60)
    assert watch.seen == expected(clip.gestures), slides.log.read_text()
    assert keys_down(server.display) == []
