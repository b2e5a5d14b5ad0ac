import pytest

from gesturelrcn.actions.source_clock import SourceClock


class Ours:
    """A clock of the test's own."""

    def __init__(self) -> None:
        self.now = 500.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ours() -> Ours:
    return Ours()


@pytest.fixture
def clock(ours: Ours) -> SourceClock:
    return SourceClock(ours)


def test_it_goes_on_from_the_last_frame_at_the_pace_of_ours(clock: SourceClock, ours: Ours) -> None:
    assert not clock.frame(12.0)
    ours.now += 0.5
    assert clock.now() == pytest.approx(12.5)
    assert not clock.event(14.0, waited=False)  # a recording that is played faster
    assert clock.now() == pytest.approx(14.0)
    assert clock.age(13.5) == pytest.approx(0.5)
    assert clock.age(15.0) == 0.0


@pytest.mark.parametrize("kind", ["frame", "event"])
def test_it_tells_when_the_source_began_again(clock: SourceClock, kind: str) -> None:
    def come(at: float) -> bool:
        return clock.frame(at) if kind == "frame" else clock.event(at, waited=True)

    assert not come(100.0)
    assert not come(99.5)
    assert come(2.0)
    assert not come(2.1)
    assert clock.now() == pytest.approx(2.1)


def test_it_tells_when_a_short_recording_began_again(clock: SourceClock) -> None:
    assert not clock.event(0.9, waited=False)
    assert clock.event(0.5, waited=False)
    assert not clock.event(0.5, waited=False)


def test_another_source_has_another_clock(clock: SourceClock) -> None:
    assert not clock.frame(0.9, "a.mp4")
    assert not clock.frame(0.95, "a.mp4")
    assert clock.frame(1.0, "b.mp4")
    assert not clock.frame(1.05, "b.mp4")
    assert clock.now() == pytest.approx(1.05)


def test_an_event_that_waited_does_not_set_it_back(clock: SourceClock, ours: Ours) -> None:
    for number in range(20):
        clock.frame(100.0 + number / 10)
        ours.now += 0.1
    assert not clock.event(100.1, waited=True)
    assert clock.now() == pytest.approx(102.0)
    assert clock.age(100.1) == pytest.approx(1.9)


def test_the_event_that_waited_least_says_how_late_it_is(clock: SourceClock, ours: Ours) -> None:
    clock.event(10.0, waited=True)
    ours.now += 1.3
    clock.event(10.1, waited=True)
    assert clock.age(10.1) == pytest.approx(1.2)
    clock.event(11.35, waited=True)  # sooner than the first one
    assert clock.age(11.35) == pytest.approx(0.0)
