"""The supervisor, with a camera that does what it is told to."""

import logging
import threading
import time

import numpy as np
import pytest

from gesturelrcn.capture import LiveSource, SourceState
from gesturelrcn.capture.device import as_bgr
from gesturelrcn.capture.supervisor import LONGEST_PAUSE
from gesturelrcn.errors import CaptureError
from tests.faults.stage import FakeDevice, Scene
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def fake():
    return FakeDevice(Scene())


@pytest.fixture
def source(fake):
    with fake.source() as source:
        yield source


@pytest.fixture
def told(source):
    changes = []
    source.on_change(changes.append)
    return changes


def states(told):
    return [str(change.state) for change in told] or [""]


def test_it_tells_live_stalled_lost_and_back(fake, source, told):
    for _ in range(15):  # until its rate is known
        source.newest(PATIENCE)
    assert source.state == "live"
    fake.retrieve_as = lambda _: (False, None)
    wait_until(lambda: states(told) == ["live", "stalled"])
    assert not source.state.delivers
    wait_until(lambda: states(told) == ["live", "stalled", "lost"])
    fake.mend()
    wait_until(lambda: states(told) == ["live", "stalled", "lost", "back"])
    assert source.state.delivers
    assert source.silences == 2
    silent = [change.silent_for for change in told]
    assert silent[0] < silent[1] < silent[2] < silent[3]
    assert all(change.source == source.name and change.reason for change in told)


def test_a_loss_is_told_at_once_and_a_stall_after_its_patience(fake, source, told):
    for _ in range(15):  # until its rate is known
        source.newest(PATIENCE)
    fake.grabs = lambda: False
    wait_until(lambda: states(told) == ["live", "lost"])
    assert told[-1].silent_for < source.patience


def test_the_state_is_known_before_the_frame_that_brings_it(fake, source):
    fake.grabs = lambda: False
    wait_until(lambda: source.state == "lost")
    source.newest(0)
    fake.mend()
    assert source.newest(PATIENCE) is not None
    assert source.state == "back"


def test_the_first_frame_after_a_loss_says_that_something_is_missing(fake, source):
    assert not source.newest(PATIENCE).discontinuous
    fake.grabs = lambda: False
    wait_until(lambda: source.state == "lost")
    source.newest(0)
    fake.mend()
    assert source.newest(PATIENCE).discontinuous
    assert not source.newest(PATIENCE).discontinuous


def test_so_does_the_first_picture_of_another_size(fake, source):
    source.newest(PATIENCE)
    fake.scene.size = (60, 88)
    wait_until(
        lambda: (
            (frame := source.newest(PATIENCE)) and frame.discontinuous and frame.image.shape == (60, 88, 3)
        )
    )


def test_a_repeated_picture_is_not_given_out_for_long(fake, source, told):
    last = fake.scene.picture()
    fake.retrieve_as = lambda _: (True, last)
    wait_until(lambda: states(told)[-1] == "stalled")
    assert "same picture" in told[-1].reason
    source.newest(0)
    assert source.newest(0.3) is None


def test_a_source_that_is_always_still_is_opened_anew_less_and_less_often(fake):
    still = fake.scene.picture()
    fake.retrieve_as = lambda _: (True, still)
    opened_at = []
    fake.on_open = lambda: opened_at.append(time.monotonic())
    with fake.source() as source:
        wait_until(lambda: len(opened_at) == 3)
        assert source.state == "stalled"
    assert opened_at[2] - opened_at[1] > 1.5


def test_attempts_to_open_pause_longer_and_longer(fake, source):
    times, pauses = [], []

    def refuse():
        times.append(time.monotonic())
        pauses.append(source._supervisor._pause)
        raise OSError("busy")

    fake.on_open, fake.grabs = refuse, lambda: False
    wait_until(lambda: len(times) >= 6)
    assert pauses[3] > 2 * pauses[0]
    assert max(pauses) == LONGEST_PAUSE, "a source that is back is not left waiting"
    assert times[5] - times[0] > sum(pauses[:5]) / 2


def test_readers_that_block_for_ever_are_left_behind_but_never_more_than_three(fake, source, monkeypatch):
    monkeypatch.setattr("gesturelrcn.capture.supervisor.GIVE_UP", 0.05)
    source.newest(PATIENCE)
    for _ in range(15):
        source.newest(PATIENCE)
    free = threading.Event()
    fake.grabs = lambda: free.wait() and True
    first = fake.opened
    source._supervisor._first_picture = 0.1
    wait_until(lambda: fake.opened == first + 2)
    time.sleep(0.6)
    assert fake.opened == first + 2, "three hang, so no fourth is tried"
    free.set()
    fake.mend()
    wait_until(lambda: source.state == "back")
    wait_until(lambda: fake.open_now == 1)


def test_close_comes_back_at_once_whatever_blocks(fake, source):
    source.newest(PATIENCE)
    free = threading.Event()
    fake.grabs = lambda: free.wait() and True
    time.sleep(0.1)
    source.close()
    assert fake.open_now == 1, "nobody waits for the read that hangs"
    free.set()
    wait_until(lambda: fake.open_now == 0)


def test_a_closed_source_leaves_no_thread(fake):
    before = threading.active_count()
    for _ in range(3):
        fake.source().close()
    wait_until(lambda: threading.active_count() <= before)


def test_a_listener_that_raises_is_logged_and_the_next_is_told(source, caplog):
    told = []

    def broken(_change):
        raise RuntimeError("no coffee")

    wait_until(lambda: source._supervisor._last_change is not None)
    source.on_change(broken)
    source.on_change(told.append)
    wait_until(lambda: "no coffee" in caplog.text and states(told) == ["live"])


def test_each_change_is_one_line_of_the_log(fake, source, told, caplog):
    caplog.set_level(logging.INFO, "gesturelrcn")
    fake.grabs = lambda: False
    wait_until(lambda: states(told)[-1] == "lost")
    fake.mend()
    wait_until(lambda: states(told)[-1] == "back")
    lines = [record for record in caplog.records if hasattr(record, "change")]
    assert [record.change["state"] for record in lines][-2:] == ["lost", "back"]


def test_a_sleeping_computer_is_a_loss(source, told, monkeypatch):
    monkeypatch.setattr("gesturelrcn.capture.supervisor.asleep", lambda: 3600.0 * 24 * 365)
    wait_until(lambda: "lost" in states(told))
    wait_until(lambda: states(told)[-1] == "back")
    assert "nothing ran" in told[1].reason


def test_a_device_that_never_delivers_is_refused(fake):
    fake.grabs = lambda: False
    with pytest.raises(CaptureError, match="the fake camera delivers no picture"):
        fake.source()
    wait_until(lambda: fake.open_now == 0)


def test_a_device_that_cannot_be_opened_is_refused(fake):
    def refuse():
        raise OSError("busy")

    fake.on_open = refuse
    with pytest.raises(CaptureError):
        LiveSource("the fake camera", open_device=fake.open)


@pytest.mark.parametrize(
    "picture",
    [
        np.full((4, 6), 9, np.uint8),
        np.full((4, 6, 1), 9, np.uint8),
        np.full((4, 6, 3), 9, np.uint8),
        np.full((4, 6, 4), 9, np.uint8),
        np.full((4, 6), 9 << 8, np.uint16),
    ],
)
def test_every_kind_of_picture_becomes_bgr(picture):
    assert (as_bgr(picture) == np.full((4, 6, 3), 9, np.uint8)).all()


@pytest.mark.parametrize("picture", [None, [], np.zeros((4, 6, 3)), np.zeros((4, 6, 2), np.uint8), "frame"])
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(ValueError):
        as_bgr(picture)


def test_states_are_their_words():
    assert SourceState.LOST == "lost"
    assert str(SourceState.BACK) == "back"
    assert [state.delivers for state in SourceState] == [True, False, False, True]
