"""The reader that keeps only the newest frame."""

import threading
import time

import numpy as np
import pytest

from gesturelrcn.capture import Frame, NewestFrameReader


def frame(index):
    return Frame(np.zeros((2, 2, 3), dtype=np.uint8), time.monotonic(), index, "test")


@pytest.fixture
def closing():
    return threading.Event()


def test_only_the_newest_frame_is_handed_out_and_only_once(closing):
    delivered = threading.Event()

    def frames():
        for index in range(10):
            yield frame(index)
        delivered.set()
        closing.wait()

    reader = NewestFrameReader(frames(), closing)
    assert delivered.wait(5)
    assert reader.newest(1).index == 9
    assert reader.frames_dropped == 9
    assert reader.newest(0.05) is None
    reader.close()


def test_a_waiting_consumer_gets_the_frame_when_it_comes(closing):
    go = threading.Event()

    def frames():
        go.wait()
        yield frame(0)
        closing.wait()

    reader = NewestFrameReader(frames(), closing)
    assert reader.frame_age is None
    threading.Timer(0.2, go.set).start()
    assert reader.newest(5).index == 0
    time.sleep(0.1)
    assert 0.1 <= reader.frame_age < 2
    reader.close()


def test_waiting_for_the_first_frame_does_not_take_it(closing):
    def frames():
        yield frame(0)
        closing.wait()

    reader = NewestFrameReader(frames(), closing)
    assert reader.wait_for_first(5)
    assert reader.newest(1).index == 0
    reader.close()


def test_what_the_generator_raises_reaches_the_consumer(closing):
    go = threading.Event()

    def frames():
        yield frame(0)
        go.wait()
        raise OSError("the plug")

    reader = NewestFrameReader(frames(), closing)
    assert reader.newest(5).index == 0
    go.set()
    with pytest.raises(OSError, match="the plug"):
        reader.newest(5)
    with pytest.raises(OSError, match="the plug"):
        reader.wait_for_first(5)
    reader.close()


def test_close_closes_the_generator_on_its_own_thread(closing):
    closed_by = []

    def frames():
        try:
            while True:
                yield frame(0)
                time.sleep(0.01)
        finally:
            closed_by.append(threading.current_thread().name)

    reader = NewestFrameReader(frames(), closing)
    assert reader.wait_for_first(5)
    reader.close()
    assert closed_by == ["newest-frame-reader"]


def test_a_read_that_hangs_holds_up_neither_close_nor_a_waiting_consumer(closing):
    hangs = threading.Event()

    def frames():
        hangs.wait()
        yield frame(0)

    reader = NewestFrameReader(frames(), closing)
    got = []
    consumer = threading.Thread(target=lambda: got.append(reader.newest(30)))
    consumer.start()
    begin = time.monotonic()
    reader.close()
    consumer.join(5)
    assert time.monotonic() - begin < 2
    assert got == [None]
    hangs.set()
