"""How gestures are performed: the shipped vocabulary, read from `gestures.toml` beside this file."""

from functools import lru_cache
from pathlib import Path

from gesturelrcn.synthesis.motion.vocabulary import Movement, Vocabulary
from gesturelrcn.synthesis.motion.vocabulary_file import load_vocabulary
from gesturelrcn.synthesis.pose import ArmPose

SHIPPED_FILE = Path(__file__).with_name("gestures.toml")
SHIPPED: Vocabulary = load_vocabulary(SHIPPED_FILE)

MOVEMENTS: dict[str, Movement] = dict(SHIPPED.movements)
"""Every movement by name, those of class `none` among them."""
GESTURES = {name: dict(hands) for name, hands in SHIPPED.gestures.items() if name != "none"}
"""Gesture of the vocabulary -> hand that leads -> names of the movements to choose from."""
RESTS: dict[str, ArmPose] = dict(SHIPPED.rests)
"""Places where arms rest."""
POSTURES: dict[str, ArmPose] = {name: pose for name, pose in SHIPPED.postures.items() if name not in RESTS}
"""Other places where arms are that mean nothing."""
HANGING, IN_LAP, ON_DESK = RESTS["hanging"], RESTS["lap"], RESTS["desk"]


@lru_cache(maxsize=4)
def vocabulary_of(path: Path | None) -> Vocabulary:
    """A vocabulary file on top of the shipped one, or the shipped one for None.

    Raises:
        SynthesisError: the file is wrong; the message names the line.
    """
    return SHIPPED if path is None else load_vocabulary(path, base=SHIPPED)
