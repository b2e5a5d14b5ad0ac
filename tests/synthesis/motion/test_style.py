"""Every person has habits, and does nothing twice alike."""

import numpy as np

from gesturelrcn.synthesis.motion.shipped import MOVEMENTS
from gesturelrcn.synthesis.motion.style import Habits
from gesturelrcn.synthesis.pose import HAND_SHAPES

WAVE = MOVEMENTS["wave"]


def tempos(seed):
    habits = Habits(np.random.default_rng(seed))
    return [habits.style(WAVE).tempo for _ in range(40)]


def test_a_person_varies_less_than_people_do():
    people = [tempos(seed) for seed in range(40)]

    assert min(map(np.ptp, people)) > 0
    assert np.mean([np.std(own) for own in people]) < np.std(people)
    assert WAVE.tempo[0] <= np.min(people) <= np.max(people) <= WAVE.tempo[1]


def test_what_is_asked_for_is_kept():
    style = Habits(np.random.default_rng(0)).style(WAVE, tempo=3.0, amplitude=0.1)

    assert (style.tempo, style.amplitude) == (3.0, 0.1)


def test_a_hand_shape_is_recognisable_and_never_beyond_what_fingers_can_do():
    habits = Habits(np.random.default_rng(1))
    fist, flat = (np.array(HAND_SHAPES[name]) for name in ("fist", "flat"))
    for _ in range(100):
        fingers = habits.style(WAVE).fingers_of((fist, fist))
        assert fingers.shape == fist.shape
        assert ((fingers[:4] >= 0) & (fingers[:4] <= 1)).all()
        assert np.linalg.norm(fingers - fist) < np.linalg.norm(fingers - flat)
