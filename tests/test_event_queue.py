"""Who is slow loses holds and nothing else."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from gesturelrcn.events import EventQueue


@given(st.lists(st.booleans()), st.integers(1, 8))
def test_what_is_no_hold_comes_through_in_order(holds, limit):
    queue = EventQueue(limit)
    for number, hold in enumerate(holds):
        queue.put(number, hold=hold)
    kept = [queue.take() for _ in range(len(queue))]
    assert kept == sorted(kept)
    must = [number for number, hold in enumerate(holds) if not hold]
    assert [number for number in kept if not holds[number]] == must
    assert len(kept) <= max(limit, len(must)), "holds never make it longer than its limit"
    assert len(kept) == min(len(holds), max(limit, len(must))), "and are dropped only where room is needed"


def test_the_oldest_holds_make_room():
    queue = EventQueue(2)
    for number in range(4):
        queue.put(number, hold=True)
    assert queue.full
    assert [queue.take(), queue.take()] == [2, 3] or pytest.fail("the newest holds tell most")
    with pytest.raises(IndexError):
        queue.take()


def test_holds_can_be_dropped_at_once():
    queue = EventQueue()
    for number, hold in enumerate([False, True, False, True]):
        queue.put(number, hold=hold)
    queue.drop_holds()
    assert [queue.take() for _ in range(len(queue))] == [0, 2]
