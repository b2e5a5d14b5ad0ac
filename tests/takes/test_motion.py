"""Motions are cut from rest to rest by what the joints say, whatever the movement means."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from gesturelrcn.region import Region
from gesturelrcn.takes.motion import LONGEST, Motion, MotionCutter
from tests.takes.streams import FPS, REGION, moved, stroke, times


def cut(
    seconds: float,
    *,
    clip: bool = False,
    joints: Callable[[float], np.ndarray | None] | None = None,
    region: Callable[[float], Region] = lambda at: REGION,
    **lifts: Callable[[float], float],
) -> list[Motion]:
    cutter, found = MotionCutter(clip=clip), []
    for at in times(seconds):
        seen = moved(**lifts, at=at) if joints is None else joints(at)
        motion = cutter.see(at, seen, region(at) if seen is not None else None)
        found += [motion] if motion is not None else []
    last = cutter.finish()
    return found + ([last] if last is not None else [])


def test_a_stroke_from_rest_to_rest():
    [motion] = cut(5.0, right=stroke(1.5))
    assert motion.problem is None
    assert motion.hand == "right"
    assert motion.reach == pytest.approx(2.0, abs=0.1)
    assert motion.onset == pytest.approx(1.5, abs=0.1)
    assert motion.stroke_end == pytest.approx(1.9, abs=0.15)
    assert motion.offset == pytest.approx(2.9, abs=0.15)
    assert motion.end == pytest.approx(3.3, abs=0.15)


@pytest.mark.parametrize("hand", ["left", "right", "both"])
def test_the_hand_that_moves_is_the_users_own(hand: str):
    lift = stroke(1.5)
    lifts = {side: lift for side in ("left", "right") if hand in (side, "both")}
    [motion] = cut(5.0, **lifts)
    assert motion.hand == hand


def test_one_after_the_other():
    first, second = stroke(1.5), stroke(5.0, high=1.2)
    motions = cut(8.0, right=lambda at: first(at) + second(at))
    assert [motion.onset for motion in motions] == pytest.approx([1.5, 5.0], abs=0.15)
    assert [motion.problem for motion in motions] == [None, None]


def test_nothing_moves():
    noise = np.random.default_rng(0)
    assert (
        cut(10.0, joints=lambda at: moved(at=at) + noise.normal(0, 0.004, (13, 3)).astype(np.float32)) == []
    )


def test_a_walk_of_the_camera_is_no_motion():
    """All joints together: the region was placed anew, or somebody sways."""
    swaying = lambda at: Region(320 + 40 * np.sin(at), 240.0, 420.0, 1.0, at)  # noqa: E731
    assert cut(10.0, region=swaying) == []


def test_what_begins_in_motion_waits_for_rest():
    assert cut(4.0, right=lambda at: 1 + np.sin(9 * at)) == []
    waving = lambda at: (1 + np.sin(9 * at)) * (at < 2)  # noqa: E731
    [motion] = cut(8.0, right=lambda at: waving(at) + stroke(4.0)(at))
    assert motion.onset == pytest.approx(4.0, abs=0.1)


def test_a_clip_begins_at_rest_and_may_end_in_the_gesture():
    held = stroke(0.5, held=99.0)
    assert cut(3.0, right=held) == [], "a stream does not end so"
    [motion] = cut(3.0, right=held, clip=True)
    assert motion.onset == pytest.approx(0.5, abs=0.1)
    assert motion.offset is None
    assert motion.end == 3.0


def test_a_wave_is_one_motion():
    def waving(at: float) -> float:
        return stroke(1.5, held=2.0)(at) + 0.3 * np.sin(12 * at) * (1.9 < at < 3.9)

    [motion] = cut(7.0, right=waving)
    assert motion.problem is None
    assert motion.offset == pytest.approx(3.9, abs=0.3)


def test_what_is_wrong_is_said():
    [long] = cut(LONGEST + 6, right=stroke(1.5, held=LONGEST + 1))
    assert long.problem == "too long"
    [short] = cut(4.0, right=stroke(1.5, there=0.05, held=0.1, back=0.05))
    assert short.problem == "too short"
    [gone] = cut(5.0, joints=lambda at: moved(right=stroke(1.5), at=at) if at < 2.2 else None)
    assert gone.problem == "left"
    walking = lambda at: Region(320 + max(0.0, at - 2) * 200, 240.0, 420.0, 1.0, at)  # noqa: E731
    [walked] = cut(5.0, right=stroke(1.5, held=3.0), region=walking)
    assert walked.problem == "walked"


def test_frames_that_are_missing_are_said():
    cutter = MotionCutter()
    motions = [
        cutter.see(at, moved(right=stroke(1.5), at=at), REGION) for at in times(8.0) if not 2.0 < at < 3.5
    ]
    [motion] = [motion for motion in motions if motion is not None]
    assert motion.problem == "lost"
    assert motion.end == pytest.approx(2.0, abs=2 / FPS)


def test_it_says_what_it_waits_for():
    cutter = MotionCutter()
    states = []
    for at in times(4.5):
        cutter.see(at, moved(right=stroke(1.5), at=at), REGION)
        states.append((cutter.resting, cutter.moving))
    assert states[0] == (False, False)
    order = [states[0], *(b for a, b in itertools.pairwise(states) if a != b)]
    assert order == [(False, False), (True, False), (False, True), (True, False)]
    cutter.reset()
    assert not cutter.resting
    assert cutter.needed_from is None
