"""When the recogniser forgets: the policy of docs/reliability.md, one test a line of it."""

from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.capture import Frame
from gesturelrcn.errors import CaptureError
from gesturelrcn.events import Phase
from gesturelrcn.recognizer import Recognizer
from tests.test_recognizer import ScriptedEngine, ScriptedFollower, frames, play


@pytest.fixture
def scripted():
    engine = ScriptedEngine()
    return engine, Recognizer(engine, follower=ScriptedFollower())


def broken(how, frame):
    """The frame, and something that makes it not belong to what came before."""
    changed = {
        "opened anew": {"discontinuous": True},
        "another size": {"image": np.repeat(frame.image, 2, axis=0)},
        "time goes back": {"captured_at": frame.captured_at - 500, "media_time": frame.captured_at - 500},
        "a gap": {"captured_at": frame.captured_at + 500, "media_time": frame.captured_at + 500},
    }
    return replace(frame, **changed[how])


@pytest.mark.parametrize("how", ["opened anew", "another size", "time goes back", "a gap"])
def test_it_ends_the_gesture_and_forgets(scripted, how):
    engine, recognizer = scripted
    assert play(recognizer, frames(True))[0].phase is Phase.START
    engine.seen.clear()
    [frame] = frames(False, start=1.0, count=1)
    assert [event.phase for event in recognizer.process(broken(how, frame))] == [Phase.END]
    assert engine.seen == [0]


def test_a_stall_of_less_than_a_second_ends_the_gesture_and_keeps_the_memory(scripted):
    engine, recognizer = scripted
    play(recognizer, frames(True))
    assert [event.phase for event in recognizer.finish(1.2)] == [Phase.END]
    engine.seen.clear()
    play(recognizer, frames(False, start=1.4, count=1))
    assert engine.seen == [20]


def test_scores_that_are_no_numbers_end_the_gesture_and_are_forgotten(scripted, caplog):
    engine, recognizer = scripted
    play(recognizer, frames(True))
    step = engine.step

    def sick(*arguments):
        result = step(*arguments)
        return replace(result, scores=result.scores * np.nan)

    engine.step = sick
    assert [e.phase for e in play(recognizer, frames(True, start=1.0, count=2))] == [Phase.END]
    engine.step = step
    engine.seen.clear()
    assert play(recognizer, frames(True, start=1.1))[0].phase is Phase.START, "it is not blind for ever"
    assert engine.seen[0] == 0
    assert "no numbers" in caplog.text


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((100, 100), np.uint8),
        np.zeros((100, 100, 4), np.uint8),
        np.zeros((100, 100, 3), np.float32),
        np.zeros((0, 100, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(scripted, image):
    _, recognizer = scripted
    with pytest.raises(CaptureError, match=r"Frame 7 of mine is .* give pictures as"):
        recognizer.process(Frame(image, 0.0, 7, "mine"))
