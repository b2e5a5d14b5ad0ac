"""Each gesture is what its name says, seen in the joints of a person: metres, x to the person's own left."""

from functools import partial

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.motion.shipped import GESTURES, HANGING
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import Pose

AT = {name: index for index, name in enumerate(KEYPOINTS)}
OUTWARDS = {"left": 1.0, "right": -1.0}


class Performance:
    """One performed gesture: every joint over the times from its onset to its offset."""

    def __init__(self, rig, gesture, hand, movement, seed):
        self.hand = hand
        timeline = MotionTimeline(np.random.default_rng(seed), "hanging", liveliness=0.0)
        done = timeline.perform(gesture, hand, movement)
        self.times = np.linspace(done.onset, done.offset, 36)
        self.joints = np.array([self._joints(rig, timeline.pose(time)) for time in self.times])
        self.stroke = self.times <= done.stroke_end
        self.held = ~self.stroke
        self.rest = self._joints(rig, Pose(left=HANGING, right=HANGING))

    @staticmethod
    def _joints(rig, pose):
        return rig.landmarks(rig.transforms(pose))

    def of(self, joint, hand=None):
        """(T, 3) of a joint of the hand that does it."""
        name = joint if joint == "nose" else f"{hand or self.hand}_{joint}"
        return self.joints[:, AT[name]]

    def at_rest(self, joint):
        return self.rest[AT[f"{self.hand}_{joint}"]]

    def reached(self, values):
        """The median while the end of the stroke is held."""
        return np.median(values[self.held], axis=0)

    def pointing(self):
        return self.reached(_unit(self.of("index_tip") - self.of("wrist")))

    def palm(self):
        """(T, 3) out of the palm."""
        index, pinky = self.of("index_tip") - self.of("wrist"), self.of("pinky_tip") - self.of("wrist")
        return _unit(np.cross(pinky, index)) * OUTWARDS[self.hand]

    def gap(self, joint):
        """(T,) metres between a joint of the left and of the right arm."""
        return np.linalg.norm(self.of(joint, "left") - self.of(joint, "right"), axis=1)

    def travel(self, joint, axis, when=None):
        values = self.of(joint)[:, axis][slice(None) if when is None else when]
        return float(values.max() - values.min())

    def openness(self, finger):
        """How far a finger tip is from the wrist in hand lengths of the relaxed hand."""
        length = np.linalg.norm(self.at_rest("index_tip") - self.at_rest("wrist"))
        return self.reached(np.linalg.norm(self.of(finger) - self.of("wrist"), axis=1)) / length


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def raise_hand(it):
    assert it.reached(it.of("index_tip"))[1] > it.reached(it.of("nose"))[1]
    assert it.reached(it.of("wrist"))[1] > it.at_rest("shoulder")[1] + 0.1
    assert it.pointing()[1] > 0.6


def point(it, way):
    assert it.pointing()[0] * way > 0.65
    assert it.reached(it.of("index_tip"))[0] * way > 0.12
    assert abs(it.reached(it.of("wrist"))[1] - it.at_rest("shoulder")[1]) < 0.3


def swipe(it, axis, way):
    places = it.of("wrist")[it.stroke][:, axis] * way
    begins = np.argmin(places)
    assert places[-1] - places[begins] > 0.25
    assert places[-1] == pytest.approx(places[begins:].max(), abs=0.03)
    across = it.of("wrist")[it.stroke][begins:, 1 - axis]
    assert np.ptp(across) < 0.75 * (places[-1] - places[begins])


def zoom(it, way):
    """Both hands before the chest, apart (way 1) or together (-1)."""
    height = it.of("wrist")[:, 1]
    up = it.stroke & (height > height[it.stroke][-1] - 0.15)
    gap = it.gap("wrist")[up] * way
    begins = np.argmin(gap)
    assert gap[-1] - gap[begins] > 0.2
    assert gap[-1] == pytest.approx(gap[begins:].max(), abs=0.03)
    assert it.gap("index_tip")[up].min() < 0.25
    for side, outwards in OUTWARDS.items():
        wrist, shoulder = (it.of(joint, side)[up][begins:] for joint in ("wrist", "shoulder"))
        across, upwards, _ = wrist[-1] - wrist[0]
        assert across * outwards * way > 0.08
        assert abs(upwards) < 0.6 * abs(across)
        _, height, forward = (wrist - shoulder).T
        assert forward.min() > 0.08
        assert height.min() > -0.35
        assert height.max() < 0.2


def wave(it):
    assert it.pointing()[1] > 0.6
    assert it.reached(it.palm())[2] > 0.4
    # From side to side, or with the fingers alone.
    length = np.linalg.norm(it.of("index_tip") - it.of("wrist"), axis=1)[it.held]
    assert it.travel("index_tip", 0, it.held) > 0.06 or np.ptp(length) > 0.03


def stop(it):
    assert it.pointing()[1] > 0.55
    assert it.reached(it.palm())[2] > 0.45
    assert it.openness("pinky_tip") > 0.75
    assert it.reached(it.of("wrist"))[2] > 0.12


def thumb(it, way):
    tip, others = it.of("thumb_tip"), np.maximum(it.of("index_tip") * way, it.of("pinky_tip") * way)
    assert it.reached(tip * way - others)[1] > 0.02
    assert it.reached((tip - it.of("wrist")) * way)[1] > 0.03
    assert it.openness("index_tip") < 0.75


def beckon(it):
    relative = np.linalg.norm((it.of("index_tip") - it.at_rest("shoulder")), axis=1)
    assert np.ptp(relative[it.held]) > 0.02
    assert it.reached(it.palm())[2] < 0.35


def push_away(it):
    tips = it.of("index_tip")[:, 2]
    after = tips[np.argmax(it.of("wrist")[:, 1] > it.at_rest("elbow")[1]) :]
    assert np.ptp(after) > 0.08


def palms_down(it):
    highest = np.argmax(it.of("wrist")[:, 1])
    assert it.of("wrist")[highest, 1] - it.of("wrist")[highest:, 1].min() > 0.10
    assert it.palm()[highest][1] < -0.5


def finger_wag(it):
    assert it.pointing()[1] > 0.6
    assert it.travel("index_tip", 0, it.held) > 0.05
    assert it.openness("pinky_tip") < 0.7 * it.openness("index_tip")


def shrug(it):
    assert it.reached(it.of("shoulder"))[1] - it.at_rest("shoulder")[1] > 0.012
    assert it.reached(it.palm())[1] > 0.5
    other = "left" if it.hand == "right" else "right"
    assert it.reached(it.of("wrist", other))[0] * OUTWARDS[other] > 0.15


def circle(it):
    tip = it.of("index_tip")[it.held]
    flat = tip[:, [0, 1]] if np.ptp(tip[:, 1]) > np.ptp(tip[:, 2]) else tip[:, [0, 2]]
    x, y = (flat - flat.mean(axis=0)).T
    turns = np.unwrap(np.arctan2(y, x))
    assert abs(turns[-1] - turns[0]) > 1.2 * np.pi
    assert np.ptp(x) > 0.04


def sweep(it):
    """The forearm goes out and in, most people's up and down as well."""
    up = it.of("wrist")[:, 1] > it.at_rest("wrist")[1] + 0.12
    out, high = it.of("wrist")[up, 0] * OUTWARDS[it.hand], it.of("wrist")[up, 1]
    assert np.ptp(out) > 0.10
    assert np.ptp(out) + np.ptp(high) > 0.25
    assert high[np.argmax(out)] < it.at_rest("shoulder")[1] + 0.12


def pinch(it):
    gap = np.linalg.norm(it.of("index_tip") - it.of("thumb_tip"), axis=1)
    assert it.reached(gap) < 0.035
    assert gap[it.stroke].max() > it.reached(gap) + 0.02
    assert it.openness("pinky_tip") > 0.75


def fist(it):
    assert it.openness("index_tip") < 0.7
    assert it.openness("pinky_tip") < 0.7
    assert it.reached(it.of("wrist") - it.of("elbow"))[1] > 0.05


def point_camera(it):
    assert it.pointing()[2] > 0.65
    assert it.travel("index_tip", 0, it.held) + it.travel("index_tip", 1, it.held) > 0.03


MEANINGS = {
    "raise_hand": raise_hand,
    "point_left": partial(point, way=1),
    "point_right": partial(point, way=-1),
    "swipe_left": partial(swipe, axis=0, way=1),
    "swipe_right": partial(swipe, axis=0, way=-1),
    "swipe_up": partial(swipe, axis=1, way=1),
    "swipe_down": partial(swipe, axis=1, way=-1),
    "zoom_in": partial(zoom, way=1),
    "zoom_out": partial(zoom, way=-1),
    "wave": wave,
    "stop": stop,
    "thumbs_up": partial(thumb, way=1),
    "thumbs_down": partial(thumb, way=-1),
    "beckon": beckon,
    "push_away": push_away,
    "palms_down": palms_down,
    "finger_wag": finger_wag,
    "shrug": shrug,
    "circle": circle,
    "sweep": sweep,
    "pinch": pinch,
    "fist": fist,
    "point_camera": point_camera,
}


@pytest.fixture(scope="module")
def rig(person):
    return Rig(person)


@pytest.mark.parametrize("hand", ["left", "right"])
@pytest.mark.parametrize("gesture", GESTURES)
def test_a_gesture_is_what_its_name_says(rig, gesture, hand):
    for movement in GESTURES[gesture][hand]:
        for seed in (0, 1) if hand == "right" else (2,):
            try:
                MEANINGS[gesture](Performance(rig, gesture, hand, movement, seed))
            except AssertionError as error:
                raise AssertionError(f"{movement}, seed {seed}: {error}") from error


@pytest.mark.parametrize(
    ("movement", "nearest", "farthest"),
    [
        ("drinking", 0.02, 0.16),
        ("eating", 0.02, 0.16),
        ("scratching_the_face", 0.02, 0.18),
        ("adjusting_glasses", 0.02, 0.16),
        ("phone_at_the_ear", 0.05, 0.24),
        ("through_the_hair", 0.08, 0.26),
        ("scratching_the_head", 0.08, 0.26),
        ("looking_at_the_watch", 0.20, 0.60),
        ("typing", 0.40, 0.90),
    ],
)
def test_what_means_nothing_is_where_its_name_says(rig, movement, nearest, farthest):
    it = Performance(rig, "none", "right", movement, 0)
    apart = np.linalg.norm(it.of("index_tip") - it.of("nose"), axis=1).min()

    assert nearest < apart < farthest
