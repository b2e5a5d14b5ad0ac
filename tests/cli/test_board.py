"""What can be read from across the room."""

import numpy as np
import pytest

from gesturelrcn import Phase
from gesturelrcn.actions import ActionState, Decision, Fact
from gesturelrcn.capture.frame import Frame
from gesturelrcn.cli import board as board_module
from gesturelrcn.cli.board import Board, Status
from gesturelrcn.cli.preview import banner_of, picture_of
from gesturelrcn.recognizer import View
from gesturelrcn.trace import Moment

READY = ActionState(None, "")
ARMED = ActionState(7.6, "")
UNARMED = ActionState(0.0, "not armed (hold raise_hand 0.5 s)")
PAUSED = ActionState(None, "paused")


def decision(inhibitor: str = "") -> Decision:
    return Decision(1.0, "point_right", Phase.START, 1, "key Right", "next slide", None, inhibitor)


def miss(recognised: bool = False) -> Moment:
    return Moment("point_left", 1.0, 1.5, 0.4, 0.5, 0.0, 0.1, event_id=1 if recognised else None)


def test_news_stay_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(board_module.time, "monotonic", lambda: now[0])
    board = Board(lambda: READY)
    assert board.status == Status(READY)
    board.heard(Fact(1.0, "typed"))
    assert board.status == Status(READY)
    board.heard(decision())
    assert board.status == Status(READY, "next slide", good=True)
    board.heard(decision("paused"))
    assert board.status == Status(READY, "no next slide: paused")
    board.passed(miss(recognised=True))
    assert board.status.news == "no next slide: paused"
    board.passed(miss())
    assert board.status.news == "nearly point_left: not sure enough: 0.40 at most, and it starts at 0.50"
    now[0] += 2.5
    assert board.status == Status(READY)


def colour_of(status: Status) -> tuple[int, ...]:
    return tuple(banner_of(status, 640, 480)[0, 0])


def test_the_banner_tells_the_state_by_its_colour() -> None:
    ready, armed, unarmed, paused = (colour_of(Status(state)) for state in (READY, ARMED, UNARMED, PAUSED))
    nearly = colour_of(Status(READY, "nearly point_left"))
    done = colour_of(Status(READY, "next slide", good=True))
    assert ready == armed == done
    assert len({ready, unarmed, paused, nearly}) == 4
    assert colour_of(Status(PAUSED, "no next slide: paused")) == paused
    assert str(ARMED) == "armed for 8 s"
    assert str(UNARMED) == "not armed (hold raise_hand 0.5 s)"


@pytest.mark.parametrize("text", ["", "next slide", "a long sentence that says why nothing was done " * 3])
def test_the_words_are_as_large_as_the_banner_allows(text: str) -> None:
    banner = banner_of(Status(READY, text), 640, 480)
    assert banner.shape == (96, 640, 3)
    rows, columns = np.nonzero((banner < 50).all(axis=2))
    high, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert high > 40 or wide > 400
    assert columns.min() > 5
    assert columns.max() < 634


def test_the_banner_stands_below_the_picture() -> None:
    frame = Frame(np.zeros((240, 320, 3), np.uint8), 0.0, 0, "test")
    picture = picture_of(frame, View(), Status(READY))
    assert picture.shape == (288, 320, 3)
    assert picture_of(frame, View()).shape == (240, 320, 3)
