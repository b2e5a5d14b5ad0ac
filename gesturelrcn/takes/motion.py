"""Cuts a stream of joints into motions: from rest to rest, whatever the movement means.

No score is asked: a new gesture is cut as a known one is. All times are those of the frames.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.decoding import acting_hand
from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region import Region

LONGEST = 10.0
"""Seconds; what moves for longer is no take."""
SHORTEST = 0.3
"""Seconds; what moves for less is a twitch."""

LEAVES = 0.35
"""Shoulder widths from its place of rest at which a hand, elbow or the head has left it."""
BACK = 0.3
"""Shoulder widths within which it is back there."""
STILL = 0.15
"""Shoulder widths within which whatever rests stays."""
STEPS = 0.8
"""Shoulder widths by which the shoulders move where somebody walks."""
REST_FOR = 0.6
"""Seconds of stillness after which a place is one of rest."""
BACK_FOR = 0.25
"""Seconds of stillness after which the hand is back for good."""
ELSEWHERE_FOR = 2.0
"""Seconds after which a hand that hangs still somewhere else rests there; one that is lifted is held."""
GAP = 1.0
"""Seconds without joints after which a motion is not known to its end."""
_FIRST = 0.25
"""Seconds at the beginning of a clip whose median is its place of rest."""
_FEWEST = 4
"""Frames that tell a place of rest."""
_BEGINS = 0.07
"""Least shoulder widths from rest at which a motion begins; twice the joints' jitter where that is more."""
_SLOW = 0.15
"""Share of its greatest speed below which a stroke is over, or the way back has not begun."""
_BOTH = 0.6
"""Share of the way of the one hand that the other one goes where both act."""

_SHOULDERS = [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]
_MOVING = [i for i, name in enumerate(KEYPOINTS) if name.endswith(("wrist", "elbow", "nose", "index_tip"))]
_LEFT = [_MOVING.index(KEYPOINTS.index(f"left_{part}")) for part in ("wrist", "index_tip")]
_RIGHT = [_MOVING.index(KEYPOINTS.index(f"right_{part}")) for part in ("wrist", "index_tip")]

Problem = Literal["too short", "too long", "walked", "left", "lost"]
"""Why a motion is no take: see `Motion`."""


@dataclass(frozen=True)
class Motion:
    """Something that moved, and rested before and after.

    Attributes:
        onset: seconds, when something leaves its place of rest.
        stroke_end: seconds, when the pose is reached or the first sweep is over.
        offset: seconds, when the way back begins; None where it is still held at the end of a clip.
        end: seconds, when it rests again.
        hand: the person's own hand that moved most, `both`, or None where it was neither.
        reach: shoulder widths from its place of rest at which that hand was; of what moved most where it was
            no hand.
        problem: `too short`; `too long`; `walked`: the shoulders went elsewhere; `left`: nobody was seen any
            more; `lost`: frames are missing in it; or None.
    """

    onset: float
    stroke_end: float
    offset: float | None
    end: float
    hand: Hand | None = None
    reach: float = 0.0
    problem: Problem | None = None


class _Seen(NamedTuple):
    """One frame: pixels, relative to the middle of the shoulders; their width; whether a hand is lifted."""

    at: float
    joints: NDArray[np.float64]
    middle: NDArray[np.float64]
    width: float
    lifted: bool


class _Rest(NamedTuple):
    """A place of rest: joints and shoulders in pixels, the shoulders' width, the jitter in such widths."""

    joints: NDArray[np.float64]
    middle: NDArray[np.float64]
    width: float
    jitter: float


class MotionCutter:
    """Takes in joints frame by frame and gives each motion once it has ended.

    Examples:
        >>> cutter = MotionCutter()                                # doctest: +SKIP
        >>> for frame in source:
        ...     view = recognizer.process(frame)
        ...     motion = cutter.see(frame.captured_at, view.keypoints, view.region)
    """

    def __init__(self, *, clip: bool = False) -> None:
        """Args: clip: somebody has cut this out already, so it begins at rest and may end in the gesture."""
        self._clip = clip
        self._first = clip
        self.reset()

    def reset(self) -> None:
        """What comes next is to rest first."""
        self._seen: list[_Seen] = []
        self._rest: _Rest | None = None
        self._onset: float | None = None
        self._up_too_long = False

    @property
    def needed_from(self) -> float | None:
        """Seconds; nothing before it belongs to a motion that goes on or may begin. None: nothing yet."""
        if self._onset is not None:
            return self._onset
        return self._seen[0].at if self._seen else None

    @property
    def resting(self) -> bool:
        """Whether the place of rest is known and nothing has left it."""
        return self._rest is not None and self._onset is None

    @property
    def moving(self) -> bool:
        """Whether a motion goes on."""
        return self._onset is not None

    def see(self, at: float, keypoints: NDArray[np.float32] | None, region: Region | None) -> Motion | None:
        """Take in one frame.

        Args:
            at: seconds, rising.
            keypoints: (J, 3) in shares of the region, or None for nobody.
            region: where the person is.

        Returns:
            The motion that is known to have ended by now, or None.
        """
        if self._seen and not 0 <= at - self._seen[-1].at <= GAP:
            return self.lose("lost")
        if keypoints is None or region is None:
            return self.lose("left")
        self._seen.append(_seen(at, keypoints, region))
        if self._rest is None or self._onset is None:
            self._watch_rest()
            return None
        return self._watch_motion(self._rest, self._onset)

    def lose(self, problem: Problem) -> Motion | None:
        """Nothing more is seen; a motion that goes on is given with this problem."""
        onset, end = self._onset, self._seen[-1].at if self._seen else 0.0
        self.reset()
        self._up_too_long = problem == "too long"
        return None if onset is None else Motion(onset, onset, None, end, problem=problem)

    def finish(self) -> Motion | None:
        """The clip is over: a gesture that is still held counts."""
        rest, onset = self._rest, self._onset
        if rest is None or onset is None or not self._clip:
            return None
        end = self._seen[-1].at
        motion = self._motion(rest, onset, end, held=self._away(rest)[-1] > BACK)
        self.reset()
        return motion

    def _watch_rest(self) -> None:
        now = self._seen[-1].at
        rest = self._rest
        if rest is not None:
            away = self._away(rest)
            if away[-1] > LEAVES:
                near = np.flatnonzero(away <= max(_BEGINS, 2 * rest.jitter))
                begun = min(int(near[-1]) + 1, len(away) - 1) if len(near) else 0
                self._onset = self._seen[begun].at
                return
        first = self._first and rest is None
        for_long = _FIRST if first else REST_FOR
        window = [seen for seen in self._seen if now - seen.at <= for_long]
        # Where somebody holds a gesture for ever, going down is not the next one.
        lowered = not self._up_too_long or not any(seen.lifted for seen in window)
        if lowered and len(window) >= _FEWEST and now - self._seen[0].at >= 0.9 * for_long:
            place = _place(window)
            if place.jitter < STILL or first:
                self._rest = place._replace(jitter=min(place.jitter, STILL))
                self._first = self._up_too_long = False
        kept = REST_FOR + 0.4  # seconds that a slow beginning may take
        self._seen = [seen for seen in self._seen if now - seen.at <= kept]

    def _watch_motion(self, rest: _Rest, onset: float) -> Motion | None:
        now = self._seen[-1]
        if now.at - onset > LONGEST:
            return self.lose("too long")
        if float(np.linalg.norm(now.middle - rest.middle)) > STEPS * rest.width:
            return self.lose("walked")
        away = self._away(rest)
        times = np.array([seen.at for seen in self._seen])
        lately = times >= now.at - BACK_FOR
        still = now.at - onset >= BACK_FOR and _place([s for s in self._seen if s.at >= now.at - BACK_FOR])
        if still and still.jitter < STILL and bool((away[lately] < BACK).all()):
            last_away = np.flatnonzero(away >= BACK)[-1]
            end = float(times[min(int(last_away) + 1, len(times) - 1)])
        elif self._rests_elsewhere(now, onset):
            end = now.at - ELSEWHERE_FOR
        else:
            return None
        motion = self._motion(rest, onset, max(end, onset), held=False)
        self._rest = _place([seen for seen in self._seen if seen.at >= now.at - BACK_FOR])
        self._rest = self._rest._replace(jitter=max(rest.jitter, self._rest.jitter))
        self._onset = None
        self._seen = [seen for seen in self._seen if seen.at >= end]
        return motion

    def _rests_elsewhere(self, now: _Seen, onset: float) -> bool:
        window = [seen for seen in self._seen if now.at - seen.at <= ELSEWHERE_FOR]
        if now.at - onset < ELSEWHERE_FOR or any(seen.lifted for seen in window):
            return False
        return _place(window).jitter < STILL

    def _away(self, rest: _Rest) -> NDArray[np.float64]:
        """(T,) of every frame kept: shoulder widths from rest of the joint that is farthest from it."""
        joints = np.stack([seen.joints for seen in self._seen])
        return np.asarray(np.linalg.norm(joints - rest.joints, axis=-1).max(1) / rest.width)

    def _motion(self, rest: _Rest, onset: float, end: float, *, held: bool) -> Motion:
        """What is to be said of the motion between two times."""
        frames = [seen for seen in self._seen if onset <= seen.at <= end] or self._seen[-1:]
        times = np.array([seen.at for seen in frames])
        ways = np.linalg.norm(np.stack([seen.joints for seen in frames]) - rest.joints, axis=-1) / rest.width
        problem: Problem | None = "too short" if end - onset < SHORTEST else None
        stroke_end, offset = _moments(times, ways.max(1))
        hand, reach = _hand(ways)
        return Motion(onset, stroke_end, None if held else offset, end, hand, reach, problem)


def _seen(at: float, keypoints: NDArray[np.float32], region: Region) -> _Seen:
    joints = keypoints[:, :2].astype(np.float64) * region.side
    joints += [region.x - region.side / 2, region.y - region.side / 2]
    left, right = joints[_SHOULDERS]
    middle = (left + right) / 2
    width = max(float(np.linalg.norm(left - right)), 1e-3 * region.side)
    return _Seen(at, joints[_MOVING] - middle, middle, width, acting_hand(keypoints)[0] is not None)


def _place(window: list[_Seen]) -> _Rest:
    """Where everything was in these frames, and how far it jittered around that."""
    joints = np.stack([seen.joints for seen in window])
    width = float(np.median([seen.width for seen in window]))
    place = np.median(joints, axis=0)
    jitter = np.percentile(np.linalg.norm(joints - place, axis=-1), 90, axis=0).max() / width
    return _Rest(place, np.median(np.stack([seen.middle for seen in window]), axis=0), width, float(jitter))


def _moments(times: NDArray[np.float64], away: NDArray[np.float64]) -> tuple[float, float]:
    """When the way there is over and when the way back begins, by how quickly the distance changes."""
    if len(times) < 3:
        return float(times[-1]), float(times[-1])
    speed = np.gradient(away, np.maximum.accumulate(times + 1e-6 * np.arange(len(times))))
    rising, falling = np.maximum(speed, 0), np.maximum(-speed, 0)
    fastest = int(np.argmax(np.cumsum(rising) >= 0.5 * rising.sum())) if rising.any() else 0
    # Of the first rise only: a wave rises again and again.
    first = int(np.argmax(away >= 0.5 * away.max()))
    fastest = min(fastest, first)
    slow = np.flatnonzero(rising[fastest:] < _SLOW * rising[: fastest + 1].max())
    reached = fastest + int(slow[0]) if len(slow) else len(times) - 1
    last = int(np.flatnonzero(away >= 0.5 * away.max())[-1])
    quick = falling[last:].max() if last < len(falling) else 0.0
    before = np.flatnonzero(falling[: last + 1] < _SLOW * max(float(quick), float(falling[last])))
    leaves = int(before[-1]) if len(before) else reached
    return float(times[reached]), float(times[max(leaves, reached)])


def _hand(ways: NDArray[np.float64]) -> tuple[Hand | None, float]:
    """The hand that went farthest, and how far it went."""
    left, right = float(ways[:, _LEFT].max()), float(ways[:, _RIGHT].max())
    less, more = min(left, right), max(left, right)
    if more < LEAVES:
        return None, float(ways.max())
    if less > LEAVES and less > _BOTH * more:
        return "both", more
    return ("left" if left > right else "right"), more
