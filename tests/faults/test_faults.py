"""Faults, done for real: no key is stuck, the source comes back, and gestures are seen again.

Some of the catalogue, at the same time; `python -m tests.faults.table` tries all of it, and often.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.faults.catalogue import CATALOGUE, Outcome

AT_ONCE = 6

QUICK = (
    "server restarted at once",
    "connection cut in the midst of a picture",
    "silent for 1 s, same connection",
    "last picture repeated until opened anew",
    "half of each picture missing for 1 s",
    "a web page in place of pictures for 2 s",
    "resolution changes in mid-stream",
    "rate rises from 30 to 120 frames a second",
    "unplugged for 2 s: nothing can be grabbed",
    "a read blocks for ever",
    "a read raises",
    "a picture of the wrong kind (floating point) for 0.5 s",
    "native read of a pipe blocks for ever",
    "a listener to the source raises",
    "ended while a read blocks for ever",
    "fails on each picture for 3 s",
    "hangs for ever",
    "finds a place that is no number for 1 s",
    "ended while the locator hangs",
)


@pytest.fixture(scope="module")
def trials():
    """All of them, begun at once: most of the time they wait."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {one.name: pool.submit(one.trial) for one in CATALOGUE if one.name in QUICK}


@pytest.mark.parametrize("name", QUICK)
def test_fault(trials: dict[str, Future[Outcome]], name):
    outcome = trials[name].result()
    assert outcome.stuck == 0
    holds = next(one.holds for one in CATALOGUE if one.name == name)
    assert holds or outcome.released is not None, "the gesture has not ended"
    if outcome.told and "ended" not in name:
        assert outcome.told[-1] == "back"


def test_there_are_thirty_kinds_and_each_has_a_name_of_its_own():
    assert len({one.name for one in CATALOGUE}) == len(CATALOGUE) >= 30
