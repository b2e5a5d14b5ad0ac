import threading
from collections.abc import Iterator

import pytest

from gesturelrcn.actions.ticker import Ticker
from tests.waiting import wait_until


class Work:
    """So many looks are to be taken until all is done."""

    def __init__(self) -> None:
        self.left = 0
        self.done = 0
        self.failing = False
        self.ticker = Ticker(self.tick, lambda: self.left > 0)

    def tick(self) -> None:
        self.done += 1
        self.left = max(0, self.left - 1)
        if self.failing:
            raise ValueError(f"broken {self.done}")


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.ticker.stop()
    work.ticker.join(20)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "gesture-actions"]


def test_there_is_no_thread_until_there_is_something_to_see_to(work: Work) -> None:
    before = len(threads())
    work.ticker.wake()
    assert len(threads()) == before
    work.left = 1
    work.ticker.wake()
    assert len(threads()) == before + 1
    wait_until(lambda: work.done == 1)


def test_it_looks_until_nothing_is_left_and_then_sleeps(work: Work) -> None:
    for round in (1, 2, 3):  # woken again it goes on
        work.left = 3
        work.ticker.wake()
        wait_until(lambda: not work.left)
        wait_until(lambda: not work.ticker._something_due.is_set())
        assert work.done == 3 * round


def test_it_is_never_woken_in_vain(work: Work) -> None:
    """Work that comes in the very moment in which the ticker goes to sleep."""
    for done in range(1, 40):
        work.left = 1
        work.ticker.wake()
        wait_until(lambda done=done: work.done == done)


def test_what_fails_is_kept_and_it_goes_on(work: Work) -> None:
    work.failing = True
    work.left = 2
    work.ticker.wake()
    wait_until(lambda: work.done == 2)
    wait_until(lambda: not work.ticker._something_due.is_set())
    assert str(work.ticker.take_failure()) == "broken 2"
    assert work.ticker.take_failure() is None


def test_it_stops_though_something_is_left(work: Work) -> None:
    before = len(threads())
    work.left = 10**9
    work.ticker.wake()
    wait_until(lambda: work.done > 2)
    work.ticker.stop()
    work.ticker.join(20)
    assert len(threads()) == before
