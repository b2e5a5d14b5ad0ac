"""Which movement of the vocabulary somebody makes, and with which hand."""

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.vocabulary import Movement, Vocabulary
from gesturelrcn.synthesis.pose import SIDES


def choose_movement(
    rng: Generator,
    vocabulary: Vocabulary,
    gesture: str,
    hand: Hand | None = None,
    movement: str | None = None,
    rest: str | None = None,
) -> tuple[Movement, Hand]:
    """A movement for a gesture, and the hand that leads; nothing is drawn where there is no choice.

    Args:
        rng: decides among several.
        vocabulary: what can be done.
        gesture: name from the vocabulary, or "none".
        hand: the person's own; "both" for a movement of two hands; any if None.
        movement: its name, wherever it starts; any that starts at `rest` if None.
        rest: where the arms are; None if that has no name.

    Raises:
        SynthesisError: nobody has described this gesture for this hand.
    """
    if movement is not None and movement not in vocabulary.movements:
        known = ", ".join(sorted(vocabulary.movements))
        raise SynthesisError(f"No movement {movement!r} is described; known are {known}.")
    fitting = fitting_movements(vocabulary, gesture, hand, rest if movement is None else None)
    if movement is not None:
        fitting = [(name, side) for name, side in fitting if name == movement]
    if not fitting:
        known = ", ".join(sorted(vocabulary.gestures))
        whose = "" if hand is None else f" of the {hand} hand" if hand != "both" else " of both hands"
        which = f" called {movement!r}" if movement else ""
        raise SynthesisError(
            f"No movement{which}{whose} is described for the gesture {gesture!r}; known are {known}."
        )
    name, lead = fitting[0 if len(fitting) == 1 else _by_chance(rng, fitting)]
    return vocabulary.movements[name], lead


def fitting_movements(
    vocabulary: Vocabulary, gesture: str, hand: Hand | None = None, rest: str | None = None
) -> list[tuple[str, Hand]]:
    """Names of the movements of a gesture that these hands can make from a rest, each with its lead.

    Args:
        vocabulary: what can be done.
        gesture: name from the vocabulary, or "none".
        hand: the person's own; "both" for movements of two hands; any if None.
        rest: where the arms are; None for movements that start anywhere.
    """
    hands = vocabulary.gestures.get(gesture, {})
    fitting: list[tuple[str, Hand]] = []
    for side in SIDES if hand in (None, "both") else (hand,):
        for name in hands.get(side, ()) if side else ():
            movement = vocabulary.movements[name]
            here = not movement.starts or rest is None or rest in movement.starts
            if here and (hand != "both" or movement.both):
                fitting.append((name, side))
    return fitting


def _by_chance(rng: Generator, fitting: list[tuple[str, Hand]]) -> int:
    """Most people use the right hand for most things."""
    weights = np.array([2.0 if side == "right" else 1.0 for _, side in fitting])
    return int(rng.choice(len(fitting), p=weights / weights.sum()))
