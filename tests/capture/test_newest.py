"""The newest frame and nothing else."""

import threading
import time

import numpy as np
import pytest

from gesturelrcn.capture import Frame
from gesturelrcn.capture.newest import NewestFrame


def frame(index, **fields):
    return Frame(np.zeros((2, 2, 3), dtype=np.uint8), time.monotonic(), index, "test", **fields)


@pytest.fixture
def newest():
    return NewestFrame()


def test_only_the_newest_frame_is_handed_out_and_only_once(newest):
    for index in range(10):
        newest.put(frame(index))
    assert newest.take(1).index == 9
    assert newest.frames_dropped == 9
    assert newest.take(0.05) is None


def test_a_waiting_consumer_gets_the_frame_when_it_comes(newest):
    assert newest.age is None
    threading.Timer(0.2, newest.put, [frame(0)]).start()
    assert newest.take(5).index == 0
    time.sleep(0.1)
    assert 0.1 <= newest.age < 5


def test_waiting_for_the_first_frame_does_not_take_it(newest):
    assert not newest.wait_for_first(0.01)
    newest.put(frame(0))
    assert newest.wait_for_first(5)
    assert newest.take(1).index == 0


def test_who_waits_for_the_first_frame_hears_why_none_will_come(newest):
    threading.Timer(0.1, newest.fail, [OSError("the plug")]).start()
    with pytest.raises(OSError, match="the plug"):
        newest.wait_for_first(30)


def test_that_something_is_missing_outlives_the_frame_that_said_so(newest):
    newest.put(frame(0, discontinuous=True))
    newest.put(frame(1))
    assert newest.take(1).discontinuous
    newest.put(frame(2))
    assert not newest.take(1).discontinuous


def test_an_interruption_is_told_once_even_where_a_frame_follows_it(newest):
    newest.interrupt()
    newest.put(frame(0))
    assert newest.take_unless_interrupted(30) is None
    assert newest.take_unless_interrupted(30).index == 0
    assert newest.interruptions == 1


def test_an_interruption_wakes_only_those_who_want_to_hear_of_it(newest):
    threading.Timer(0.1, newest.interrupt).start()
    threading.Timer(0.3, newest.put, [frame(0)]).start()
    assert newest.take(30).index == 0
    assert newest.take_unless_interrupted(30) is None


@pytest.mark.parametrize("way", ["take", "take_unless_interrupted", "wait_for_first"])
def test_close_wakes_whoever_waits(newest, way):
    threading.Timer(0.1, newest.close).start()
    assert not getattr(newest, way)(30)
    newest.put(frame(0))
    assert newest.take(0.01) is None
