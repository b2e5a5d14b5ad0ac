import pytest

from gesturelrcn.actions.source_clock import SourceClock


def test_it_goes_on_from_the_last_frame_at_the_pace_of_ours() -> None:
    ours = [500.0]
    clock = SourceClock(lambda: ours[0])
    assert not clock.set(12.0)
    ours[0] += 0.5
    assert clock.now() == pytest.approx(12.5)
    assert not clock.set(14.0)  # a recording that is played faster
    assert clock.now() == pytest.approx(14.0)


def test_it_tells_when_the_source_began_again() -> None:
    clock = SourceClock(lambda: 0.0)
    clock.set(100.0)
    assert not clock.set(99.5)
    assert clock.set(2.0)
    assert not clock.set(2.1)
    assert clock.now() == pytest.approx(2.1)
