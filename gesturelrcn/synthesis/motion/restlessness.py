"""Nobody is ever quite still: people sway, breathe, tremble and blink, whatever else they do."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.motion.channels import Drift
from gesturelrcn.synthesis.pose import ArmPose, Pose, Trunk

TREMOR_ARM_LENGTHS = 0.0012
"""Amplitude of the 8-11 Hz tremor of a held hand."""
_ARM_HERTZ = 0.4
_SWAY_HERTZ = {"head": 0.5, "spine": 0.25, "shift": 0.25}


class Restlessness:
    """What is added to the poses of one person.

    Args:
        rng: rhythms and phases come from it.
        liveliness: 0 stands like a statue, 1 sways and breathes like most people.
    """

    def __init__(self, rng: Generator, liveliness: float) -> None:
        self._liveliness = liveliness
        self._drift = {name: Drift(rng) for name in ("left", "right", "head", "spine", "shift")}
        self._tremor_phase = rng.uniform(0, 2 * np.pi, 3)
        self._tremor_hertz = rng.uniform(8, 11)
        self._breath_hertz = rng.uniform(0.2, 0.33)
        self._blinks = np.cumsum(rng.exponential(3.5, 400) + 0.4)

    def pose(self, arms: dict[Hand, ArmPose], trunk: Trunk, time: float) -> Pose:
        """The body at a time in seconds, where arms and trunk would be if it could be still."""
        lively = self._liveliness
        breath = lively * float(np.sin(2 * np.pi * self._breath_hertz * time))
        drift = {name: self._drift[name].at(time, hertz) * lively for name, hertz in _SWAY_HERTZ.items()}
        return Pose(
            left=self._arm(arms["left"], "left", time, breath),
            right=self._arm(arms["right"], "right", time, breath),
            trunk=replace(
                trunk,
                head=trunk.head + drift["head"] * np.array([0.05, 0.09, 0.03]),
                spine=trunk.spine + drift["spine"] * np.array([0.02, 0.03, 0.015]) + [0.006 * breath, 0, 0],
                shift=trunk.shift + drift["shift"] * np.array([0.012, 0.002, 0.012]),
            ),
            blink=_blink(time, self._blinks) * min(1.0, lively),
        )

    def _arm(self, pose: ArmPose, hand: Hand, time: float, breath: float) -> ArmPose:
        tremor = np.sin(2 * np.pi * self._tremor_hertz * time + self._tremor_phase) * TREMOR_ARM_LENGTHS
        restless = self._drift[hand].at(time, _ARM_HERTZ) * 0.014 + tremor + [0, 0.003 * breath, 0]
        return replace(pose, wrist=pose.wrist + restless * self._liveliness, shrug=pose.shrug + 0.02 * breath)


def _blink(time: float, blinks: Floats) -> float:
    """Lids close and open within 0.3 s around each blink."""
    return float(np.clip(1 - np.abs(blinks - time).min() / 0.15, 0, 1))
