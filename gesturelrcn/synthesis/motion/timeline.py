"""What one person does, second by second: from rest through gestures and back, timed as people do."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.arm_limits import FARTHEST_REACH, placed, turned, under
from gesturelrcn.synthesis.motion.channels import (
    Channel,
    Drift,
    Holding,
    Reaching,
    Replayed,
    Swinging,
    Turning,
)
from gesturelrcn.synthesis.motion.choice import choose_movement, fitting_movements
from gesturelrcn.synthesis.motion.motion import VISIBLE_SHARE, PerformedMovement, RecordedMotion
from gesturelrcn.synthesis.motion.restlessness import Restlessness
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.motion.style import Habits, Style
from gesturelrcn.synthesis.motion.vocabulary import Keyframe, Movement, Range, Swing, Vocabulary
from gesturelrcn.synthesis.pose import SIDES, ArmPose, Pose, Trunk, between


class MotionTimeline:
    """What one person does, second by second: pauses and gestures are appended, poses are read at any time.

    Places and times come from `rng` in the order of the calls, manners from a child of it.

    Args:
        rng: every random choice comes from it.
        rest: where the arms are between gestures: the name of a rest of the vocabulary, or a pose for each.
        liveliness: 0 stands like a statue, 1 sways, breathes and fidgets like most people.
        vocabulary: what this person can do.
        ceiling: how high finger tips may go above the shoulder, in arm lengths: raised hands that would go
            higher are held lower with the elbow out, as people do who see themselves (see `ceiling_of`).

    Raises:
        SynthesisError: the vocabulary has no such rest.
    """

    def __init__(
        self,
        rng: Generator,
        rest: str | Mapping[Hand, ArmPose],
        liveliness: float = 1.0,
        *,
        vocabulary: Vocabulary = SHIPPED,
        ceiling: float = float("inf"),
    ) -> None:
        self._rng, self._liveliness = rng, liveliness
        self._manner = rng.spawn(1)[0]
        self._vocabulary, self._ceiling = vocabulary, ceiling
        self._rest_name = rest if isinstance(rest, str) else None
        self._rest = _named_rest(vocabulary, rest) if isinstance(rest, str) else dict(rest)
        self._arms = {side: Channel(self._rest[side]) for side in SIDES}
        self._trunk = Channel(Trunk())
        self._stance = Trunk()
        self._restlessness = Restlessness(rng, liveliness)
        self._habits = Habits(self._manner)
        self.length = 0.0
        self.performed: list[PerformedMovement] = []

    def pause(self, seconds: float) -> None:
        """Arms rest for a while; lively people look around and shift their weight."""
        if self._liveliness > 0:
            self._fidget(self.length, self.length + seconds)
        self.length += seconds

    def perform(
        self,
        gesture: str,
        hand: Hand | None = None,
        movement: str | None = None,
        hold: float | None = None,
        tempo: float | None = None,
        amplitude: float | None = None,
    ) -> PerformedMovement:
        """Append a gesture, from rest back to rest.

        Args:
            gesture: name from the vocabulary, or "none" for a movement that means nothing.
            hand: the person's own hand that leads; "both" for a gesture of two hands; by chance if None.
            movement: name from the vocabulary's movements; by chance among those of the gesture if None.
            hold: seconds that the end of the stroke is held or repeated; by chance if None.
            tempo: 1.0 is normal, 2.0 twice as fast; by chance, as this person is, if None.
            amplitude: 1.0 is normal; by chance, as this person is, if None.

        Raises:
            SynthesisError: nobody has described this gesture for this hand.
        """
        script, lead = self._chosen(gesture, hand, movement)
        style = self._habits.style(script, tempo, amplitude)
        began, at = self.length, self.length
        keys = self._repeated(script, hold)
        first_move = stroke_end = offset = 0.0
        first_goal: ArmPose | None = None
        for index, key in enumerate(keys):
            last = index == len(keys) - 1
            seconds = self._between(key.move) / style.tempo
            goal = self._goal(script, key, style, lead)
            first_goal = first_goal or goal
            fixed = hold is not None and last and len(keys) == len(script.keys)
            self._move(script, key, style, lead, goal, at, seconds)
            at += seconds
            first_move = first_move or seconds
            stroke_end = stroke_end or (at if index == len(script.keys) - 1 else 0.0)
            seconds_held = float(hold) if fixed and hold is not None else self._between(key.hold)
            swing = script.swing if last else None
            self._hold(lead, script.both, at, seconds_held, swing, style.amplitude)
            at += seconds_held
            offset = at
        rested = self._go_back(script, lead, first_goal, offset, style)
        return self._done(
            PerformedMovement(
                gesture=gesture,
                hand="both" if script.both else lead,
                onset=began + VISIBLE_SHARE * first_move,
                stroke_end=stroke_end,
                offset=offset,
                rested=rested,
                movement=script.name,
            )
        )

    def abandon(
        self, gesture: str, hand: Hand | None = None, movement: str | None = None
    ) -> PerformedMovement:
        """Append a gesture that is begun and broken off before anybody could tell: class `none`."""
        script, lead = self._chosen(gesture, hand, movement)
        style = self._habits.style(script)
        key = script.keys[0]
        share = self._rng.uniform(0.2, 0.45)
        seconds = self._between(key.move) / style.tempo * (0.4 + share)
        goal = self._goal(script, key, style, lead)
        began = self.length
        for side in SIDES if script.both else (lead,):
            here = self._arms[side].last
            self._arms[side].append(
                Reaching(began, began + seconds, here, between(here, goal, share), style.shaping)
            )
        reached = began + seconds
        offset = reached + self._rng.uniform(0.0, 0.5)
        self._hold(lead, script.both, reached, offset - reached, None, 1.0)
        rested = self._go_back(script, lead, None, offset, style)
        return self._done(
            PerformedMovement(
                gesture="none",
                hand="both" if script.both else lead,
                onset=began + VISIBLE_SHARE * seconds,
                stroke_end=reached,
                offset=offset,
                rested=rested,
                movement=f"{script.name} (abandoned)",
            )
        )

    def everyday(self, seconds: float) -> None:
        """At least so long of what people do in front of a camera without meaning anything: class `none`."""
        ends = self.length + seconds
        gestures = [name for name in self._vocabulary.gestures if name != "none"]
        everyday = fitting_movements(self._vocabulary, "none", rest=self._rest_name)
        while self.length < ends:
            kind, left = self._rng.random(), ends - self.length
            if kind < 0.4 or left < 2.5 or not everyday:
                self.pause(min(left, float(self._rng.uniform(1.0, 7.0))))
            elif kind < 0.55:
                self.abandon(gestures[int(self._rng.integers(len(gestures)))])
            else:
                self.perform("none")

    def play(self, track: RecordedMotion) -> PerformedMovement:
        """Append recorded motion: the arms go where it begins, follow it, and come back."""
        at = self.length
        begins = at + float(self._manner.uniform(0.4, 0.8))
        ends = begins + track.length
        rested = ends + float(self._manner.uniform(0.5, 0.9))
        for side in SIDES:
            channel = self._arms[side]
            channel.append(Reaching(at, begins, channel.last, track.arm(side, 0.0)))
            channel.append(Replayed(begins, ends, partial(track.arm, side)))
            channel.append(Reaching(ends, rested, channel.last, self._rest_again(side)))
        self._trunk.append(Turning(at, begins, self._trunk.last, track.trunk(0.0)))
        self._trunk.append(Replayed(begins, ends, track.trunk))
        self._trunk.append(Turning(ends, rested, self._trunk.last, self._stance))
        truth = track.truth
        # Clips that end while the gesture is held go on to be held until the arms go back.
        return self._done(
            replace(
                truth,
                onset=begins + truth.onset,
                stroke_end=begins + truth.stroke_end,
                offset=begins + min(truth.offset, track.length),
                rested=rested,
            )
        )

    def gesture_at(self, time: float) -> str:
        """The gesture whose onset and offset enclose `time`, else "none"."""
        for done in self.performed:
            if done.onset <= time <= done.offset:
                return done.gesture
        return "none"

    def pose(self, time: float) -> Pose:
        """The body `time` seconds after the beginning; at rest outside what was appended."""
        arms = {side: self._arms[side].at(time) for side in SIDES}
        return self._restlessness.pose(arms, self._trunk.at(time), time)

    # Choosing what to do and how.

    def _chosen(self, gesture: str, hand: Hand | None, movement: str | None) -> tuple[Movement, Hand]:
        return choose_movement(self._rng, self._vocabulary, gesture, hand, movement, self._rest_name)

    def _repeated(self, script: Movement, hold: float | None) -> list[Keyframe]:
        again = script.keys[script.repeat_from :]
        times = int(self._rng.integers(script.repeat[0], script.repeat[1] + 1)) if script.repeat[1] > 1 else 1
        if hold is not None and script.repeat[1] > 1:
            once = sum(np.mean(key.move) + np.mean(key.hold) for key in again)
            times = max(1, round(float(hold / once)))
        return [*script.keys, *(list(again) * (times - 1))]

    def _goal(self, script: Movement, key: Keyframe, style: Style, lead: Hand) -> ArmPose:
        """Where the arm goes this time: the keyframe, scattered, within what arms can do."""
        scattered = self._rng.normal(0, key.scatter, 3)
        if key.resting:
            return self._arms[lead].last
        middle = np.mean([k.pose.wrist for k in script.keys], axis=0)
        origin = middle if len(script.keys) > 1 else self._rest[lead].wrist
        # What swings is as large as it swings, wherever the hand is.
        size = 1.0 if script.swing is not None else style.amplitude
        wrist = origin + size * (key.pose.wrist - origin) + scattered
        distance = float(np.linalg.norm(wrist))
        wrist = wrist * min(1.0, FARTHEST_REACH / max(distance, 1e-6))
        pose = turned(placed(key.pose, wrist), style.turn)
        if key.shapes:
            pose = replace(pose, fingers=style.fingers_of(key.shapes))
        return under(pose, self._ceiling)

    # Appending.

    def _done(self, truth: PerformedMovement) -> PerformedMovement:
        self.length = truth.rested
        self.performed.append(truth)
        return truth

    def _move(
        self,
        script: Movement,
        key: Keyframe,
        style: Style,
        lead: Hand,
        goal: ArmPose,
        at: float,
        seconds: float,
    ) -> None:
        follower: Hand = "left" if lead == "right" else "right"
        goals = {lead: goal}
        if script.both and not key.resting:
            # Two hands never do quite the same.
            goals[follower] = replace(goal, wrist=goal.wrist + self._manner.normal(0, 0.3 * key.scatter, 3))
        elif key.other is not None:
            goals[follower] = turned(key.other, style.turn)
        for side, pose in goals.items():
            channel = self._arms[side]
            channel.append(Reaching(at, at + seconds, channel.last, pose, style.shaping))
        if key.trunk is not None:
            trunk = (key.trunk if lead == "left" else key.trunk.mirrored()).sized(style.amplitude)
            self._trunk.append(Turning(at, at + seconds, self._trunk.last, trunk.plus(self._stance)))

    def _hold(
        self, lead: Hand, both: bool, at: float, seconds: float, swing: Swing | None, amplitude: float
    ) -> None:
        if seconds <= 0:
            return
        hertz = self._between(swing.hertz) if swing else 0.0
        for side in SIDES if both else (lead,):
            channel = self._arms[side]
            came = channel.newest
            start = came.first if isinstance(came, Reaching) else channel.last
            swinging = Swinging(swing, hertz, amplitude, Drift(self._manner)) if swing else None
            channel.append(Holding(at, at + seconds, channel.last, start, swinging))

    def _go_back(self, script: Movement, lead: Hand, first: ArmPose | None, at: float, style: Style) -> float:
        """Everything that has left its rest returns to it; returns when it is there."""
        seconds = self._between(script.back) / style.tempo
        if first is not None and len(script.keys) > 1 and self._manner.random() < script.retrace:
            channel = self._arms[lead]
            by = at + 0.8 * seconds
            channel.append(Reaching(at, by, channel.last, first))
            at = by
        rested = at + seconds
        for side in SIDES:
            channel = self._arms[side]
            if channel.newest is not None and not channel.resting:
                channel.append(Reaching(at, rested, channel.last, self._rest_again(side), resting=True))
        if not self._trunk.resting:
            self._trunk.append(Turning(at, rested, self._trunk.last, self._stance, resting=True))
        return rested

    def _rest_again(self, side: Hand) -> ArmPose:
        """Nobody puts a hand back to quite where it was."""
        astray = self._manner.normal(0, 0.018, 3) * min(1.0, self._liveliness)
        return replace(self._rest[side], wrist=self._rest[side].wrist + astray)

    def _fidget(self, at: float, ends: float) -> None:
        """Glances, weight shifts and hands laid anew between two moments."""
        luck = self._manner
        while True:
            at += float(luck.exponential(4.5 / self._liveliness))
            there, stays, back = luck.uniform((0.3, 0.2, 0.3), (0.8, 2.0, 0.8))
            if at + there + stays + back > ends:
                return
            kind = luck.random()
            if kind < 0.55:
                look = Trunk(head=np.clip(luck.normal(0, 1, 3), -2, 2) * [0.14, 0.38, 0.05])
                self._trunk.append(Turning(at, at + there, self._stance, self._stance.plus(look)))
                self._trunk.append(
                    Turning(at + there + stays, at + there + stays + back, self._trunk.last, self._stance)
                )
            elif kind < 0.8:
                aside = float(np.clip(luck.normal(0, 1), -2, 2))
                stance = Trunk(spine=np.array([0, 0, -0.025 * aside]), shift=np.array([0.018 * aside, 0, 0]))
                self._trunk.append(Turning(at, at + there + stays, self._stance, stance))
                self._stance = stance
            else:
                side = SIDES[int(luck.integers(2))]
                channel = self._arms[side]
                channel.append(
                    Reaching(at, at + there + back, channel.last, self._rest_again(side), resting=True)
                )
            at += there + stays + back

    def _between(self, limits: Range) -> float:
        return float(self._rng.uniform(*limits))


def _named_rest(vocabulary: Vocabulary, name: str) -> dict[Hand, ArmPose]:
    if name not in vocabulary.rests:
        known = ", ".join(sorted(vocabulary.rests))
        raise SynthesisError(f"No rest {name!r} is described; known are {known}.")
    return {"left": vocabulary.rests[name], "right": vocabulary.rests[name]}
