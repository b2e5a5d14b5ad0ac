"""One part of the body goes through its stretches, and stays where each one ended."""

import numpy as np
import pytest

from gesturelrcn.synthesis.motion.channels import Channel, Drift, Reaching, Replayed, Turning, minimum_jerk
from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS
from gesturelrcn.synthesis.pose import Trunk

RAISED = MOVEMENTS["raise_straight"].keys[-1].pose


def test_minimum_jerk_starts_and_ends_at_rest():
    assert [minimum_jerk(share) for share in (-1, 0, 0.5, 1, 2)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert minimum_jerk(0.01) < 1e-4


def test_between_two_stretches_a_channel_stays_where_the_first_one_ended():
    channel = Channel(HANGING)
    assert channel.resting
    channel.append(Reaching(1.0, 2.0, HANGING, RAISED))
    assert not channel.resting
    channel.append(Reaching(3.0, 4.0, channel.last, HANGING, resting=True))

    assert channel.resting
    for time, wrist in ((0.0, HANGING), (1.0, HANGING), (2.0, RAISED), (2.9, RAISED), (9.0, HANGING)):
        assert np.allclose(channel.at(time).wrist, wrist.wrist), time
    assert not np.allclose(channel.at(1.5).wrist, RAISED.wrist)


def test_a_stretch_without_length_is_left_out():
    channel = Channel(HANGING)
    channel.append(Reaching(1.0, 1.0, HANGING, RAISED))

    assert channel.newest is None
    assert channel.last is HANGING


def test_what_is_replayed_is_read_in_seconds_from_its_start():
    channel = Channel(0.0)
    channel.append(Replayed(2.0, 3.0, lambda time: 10 * time))

    assert [channel.at(time) for time in (1.0, 2.5, 5.0)] == pytest.approx([0.0, 5.0, 10.0])


@pytest.mark.parametrize(("metres", "walks"), [(0.3, False), (2.0, True)])
def test_whoever_goes_farther_than_a_step_walks_there(metres, walks):
    way = Turning(0.0, 2.0, Trunk(), Trunk(shift=np.array([metres, 0.0, 0.0])))
    strides = [way.at(time).stride for time in np.linspace(0, 2, 40)]

    assert (np.ptp(strides) > 0.2) == walks
    assert way.at(2.0).shift[0] == pytest.approx(metres)


def test_drift_is_slow_smooth_and_small():
    drift = Drift(np.random.default_rng(1))
    places = np.array([drift.at(time, 0.5) for time in np.arange(0, 60, 0.02)])

    assert 0.3 < np.abs(places).max() <= 1.0
    assert np.abs(np.diff(places, axis=0)).max() < 0.1
