"""Which movement is made, and with which hand."""

from collections import Counter

import numpy as np
import pytest

from gesturelrcn.synthesis.motion.choice import choose_movement, fitting_movements
from gesturelrcn.synthesis.motion.shipped import GESTURES, MOVEMENTS, SHIPPED


def test_most_people_use_the_right_hand():
    rng = np.random.default_rng(0)
    leads = Counter(choose_movement(rng, SHIPPED, "stop")[1] for _ in range(600))

    assert leads["right"] == pytest.approx(400, abs=50)
    assert leads["left"] == pytest.approx(200, abs=50)


@pytest.mark.parametrize("rest", ["desk", "hanging", "lap"])
def test_a_movement_starts_where_the_arms_are(rest):
    names = {name for name, _ in fitting_movements(SHIPPED, "none", rest=rest)}

    assert names
    assert all(rest in MOVEMENTS[name].starts for name in names if MOVEMENTS[name].starts)
    assert names < {name for name, _ in fitting_movements(SHIPPED, "none")}


def test_a_named_movement_is_made_wherever_the_arms_are():
    seated = [
        name
        for name in SHIPPED.negatives
        if MOVEMENTS[name].starts and "hanging" not in MOVEMENTS[name].starts
    ]
    rng = np.random.default_rng(0)

    assert seated
    for name in seated:
        assert choose_movement(rng, SHIPPED, "none", movement=name, rest="hanging")[0].name == name


def test_two_hands_make_movements_of_two_hands_only():
    for gesture in GESTURES:
        for name, _ in fitting_movements(SHIPPED, gesture, "both"):
            assert MOVEMENTS[name].both
