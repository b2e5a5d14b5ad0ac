"""Cuts takes out of what is seen: the motion with a moment of rest around it, and what is wrong with it."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gesturelrcn.region.people import SURE
from gesturelrcn.region.people_network import PeopleNetwork
from gesturelrcn.takes.motion import LONGEST, SHORTEST, Motion, MotionCutter
from gesturelrcn.takes.sight import Sight, picture_of
from gesturelrcn.takes.take import FEWEST, IDLE, Take
from gesturelrcn.vocabulary import NONE

LEAD = 0.6
"""Seconds of rest that are kept before a motion, where there are as many."""
TAIL = 0.5
"""The same after it."""
TWITCH = 1.0
"""Shoulder widths below which what is short is nothing that anybody meant: not even worth a word."""
_SHORT = 0.5
"""Seconds that such a twitch may take."""
_FEW = 4
"""Frames of a motion from which on it can be learnt."""
_WIDEST = 0.4
"""Seconds between two frames of it at the most."""
_WAITS = 1.6
"""Seconds that are remembered while nothing moves."""
_LOOKS = 3
"""Frames of a motion in which people are counted."""

_REASONS = {
    "too short": f"that was shorter than {SHORTEST:g} s, a twitch",
    "too long": f"that went on for more than {LONGEST:g} s; begin and end at rest",
    "walked": "you walked; stay in one place",
    "left": "you went out of the picture",
    "lost": "frames are missing in it; the camera was away",
}


@dataclass(frozen=True, eq=False)
class Candidate:
    """A motion that may become a take.

    Attributes:
        motion: when what moved, on the source's clock.
        sights: the frames of it, with rest before and after.
        problem: why it is no take, as half a sentence; "" for a good one.
    """

    motion: Motion
    sights: list[Sight]
    problem: str = ""

    @cached_property
    def in_words(self) -> str:
        """What was seen, in one line: seconds, hand, how far."""
        motion = self.motion
        if motion.hand is None:
            what, whose = "no hand, but head or elbow", "it"
        elif motion.hand == "both":
            what, whose = "both hands", "they"
        else:
            what, whose = f"{motion.hand} hand", "it"
        held = "" if motion.offset is not None else ", held to the end"
        far = f"{whose} went {motion.reach:.1f} shoulder widths"
        return f"{motion.end - motion.onset:.1f} s, {what}, {far}{held}"

    def take(self, gesture: str, model: str, weights: str) -> Take:
        """The take that this is."""
        motion, begin = self.motion, self.sights[0].at
        return replace(
            take_of(self.sights, gesture, model, weights),
            onset=motion.onset - begin,
            stroke_end=motion.stroke_end - begin,
            offset=None if motion.offset is None else motion.offset - begin,
            rested=motion.end - begin,
            hand=motion.hand,
            reach=motion.reach,
        )


def take_of(sights: list[Sight], gesture: str, model: str, weights: str) -> Take:
    """A take without the moments of a gesture: times, joints, hand of where somebody is seen."""
    seen = [sight for sight in sights if sight.joints is not None]
    hands = [sight.hand for sight in seen if sight.hand is not None]
    return Take(
        gesture,
        np.array([sight.at - sights[0].at for sight in seen], np.float32),
        np.array([sight.dt for sight in seen], np.float32),
        np.stack([sight.joints for sight in seen if sight.joints is not None]),
        np.stack(hands) if len(hands) == len(seen) else None,
        activity=IDLE if gesture == NONE else "",
        model=model,
        weights=weights,
    )


class TakeCutter:
    """Takes in what is seen frame by frame and gives each motion, good or not, once it is over."""

    def __init__(self, *, clip: bool = False, people: PeopleNetwork | None = None) -> None:
        """Set up the cutter.

        Args:
            clip: somebody has cut the recording already: it begins at rest and may end in the gesture.
            people: counts who is in the picture; default one of its own.
        """
        self._cutter = MotionCutter(clip=clip)
        self._people = people or PeopleNetwork()
        self._sights: list[Sight] = []
        self._ended: Motion | None = None

    @property
    def resting(self) -> bool:
        """Whether the next motion may begin."""
        return self._cutter.resting and self._ended is None

    @property
    def moving(self) -> bool:
        """Whether a motion goes on."""
        return self._cutter.moving or self._ended is not None

    def reset(self) -> None:
        """Forget what was seen: what comes next is to rest first."""
        self._cutter.reset()
        self._sights, self._ended = [], None

    def see(self, sight: Sight) -> Candidate | None:
        """Take in a frame; returns the motion that is over by now, with its rest around it, or None."""
        if sight.broken:
            lost = self._cutter.lose("lost")
            self._ended = self._ended or lost
            if self._ended is not None:
                return self._given()
        self._sights.append(sight)
        motion = self._cutter.see(sight.at, sight.keypoints, sight.region)
        if motion is not None and self._ended is None:
            self._ended = motion
        if self._ended is not None:
            over = (
                sight.at >= self._ended.end + TAIL or self._cutter.moving or self._ended.problem is not None
            )
            return self._given() if over else None
        needed = self._cutter.needed_from if self._cutter.moving else None
        keep = sight.at - _WAITS if needed is None else needed - LEAD
        first = next((i for i, kept in enumerate(self._sights) if kept.at >= keep), 0)
        del self._sights[:first]
        return None

    def finish(self) -> Candidate | None:
        """The recording is over."""
        self._ended = self._ended or self._cutter.finish()
        return None if self._ended is None else self._given()

    def _given(self) -> Candidate | None:
        motion, self._ended = self._ended, None
        assert motion is not None
        window = [each for each in self._sights if motion.onset - LEAD <= each.at <= motion.end + TAIL]
        self._sights = [each for each in self._sights if each.at > motion.end]
        short = motion.problem == "too short" or (
            motion.problem is None and motion.end - motion.onset < _SHORT
        )
        if short and motion.reach < TWITCH:
            return None
        return Candidate(motion, window, self._problem(motion, window))

    def _problem(self, motion: Motion, window: list[Sight]) -> str:
        if motion.problem is not None:
            return _REASONS[motion.problem]
        if sum(sight.joints is not None for sight in window) < FEWEST:
            return _REASONS["too short"]
        if any(sight.joints is None for sight in window):
            return _REASONS["left"]
        times = np.array([each.at for each in window if motion.onset <= each.at <= motion.end])
        if len(times) < _FEW or np.diff(times).max() > _WIDEST:
            return f"only {len(times)} pictures of it were seen, because the camera or the computer was slow"
        if self._is_crowd(window):
            return "two people are in the picture; let only one be seen"
        return ""

    def _is_crowd(self, window: list[Sight]) -> bool:
        """Whether most of some frames show more than one person."""
        places = np.linspace(0, len(window) - 1, _LOOKS).round().astype(int)
        return sum(count_people(window[place], self._people) > 1 for place in places) * 2 > _LOOKS


def count_people(sight: Sight, people: PeopleNetwork) -> int:
    """How many people are surely in a frame."""
    picture = picture_of(sight.picture)
    found = people.find(picture)
    if len(found) < 2:
        return len(found)
    return sum(people.look_closer(picture, person).presence >= SURE for person in found)
