"""The card that travels with a model: what it recognises, how it wants its pictures, what was measured."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import ModelError
from gesturelrcn.region import Region
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.vocabulary import NONE

FORMAT = 1
"""Version of the model files. A reader refuses what it does not know."""


_SIZES = {
    **{"size": (16, 1024), "hidden": (1, 4096), "rows": (2, 64), "hand_size": (0, 512)},
    **{"zoom": (0.2, 5.0), "lift": (-1.0, 1.0)},
}
"""What a card may ask for: a file must not make the program take all memory."""


@dataclass(frozen=True)
class ModelCard:
    """Everything about a model but its weights.

    Attributes:
        name: how users call it.
        description: one sentence.
        classes: names of the scores in order; contains `none`.
        size: side of the input picture, pixels.
        hidden: width of the state: (rows, 1, hidden).
        keypoints: names of the joints in order.
        min_fps: lowest frame rate in frames a second for which the model was trained.
        max_fps: highest.
        thresholds: per gesture.
        files: file name -> SHA-256 of the weights beside the card.
        network: widths that rebuild the torch module.
        data: sources of the training data, each with its licence or that it states none.
        figures: what was measured, with the commands.
        limits: what the model cannot do.
        zoom: side of the picture of the body in shares of the person region.
        lift: how far its centre lies above the region's, in shares of the region's side.
        hand_size: side of the picture of the hand, pixels; 0 for a model that looks at none.
        rows: of the state.
    """

    name: str
    description: str
    classes: tuple[str, ...]
    size: int
    hidden: int
    keypoints: tuple[str, ...]
    min_fps: float
    max_fps: float
    thresholds: dict[str, Thresholds]
    files: dict[str, str] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    data: list[dict[str, str]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    zoom: float = 1.0
    lift: float = 0.0
    hand_size: int = 0
    rows: int = 2

    def body(self, region: Region) -> Region:
        """The square from which the picture of the body is cut, for a person in `region`."""
        return replace(region, y=region.y - self.lift * region.side, side=self.zoom * region.side)

    def in_region(self, keypoints: NDArray[np.float32]) -> NDArray[np.float32]:
        """(J, 3) joints with x, y in shares of the picture of the body -> in shares of the person region."""
        moved: NDArray[np.float32] = keypoints.copy()
        moved[:, :2] = (keypoints[:, :2] - 0.5) * self.zoom + 0.5
        moved[:, 1] -= self.lift
        return moved

    @property
    def gestures(self) -> list[str]:
        """Every class but `none`."""
        return [name for name in self.classes if name != NONE]

    @property
    def regression(self) -> tuple[str, ...]:
        """Names of the numbers that the model tells of every frame beside the scores; mostly none."""
        return tuple(self.network.get("regression", ()))

    def to_json(self) -> str:
        """The card as the text of its file."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n"


def _names(words: tuple[Any, ...]) -> None:
    if not all(isinstance(word, str) for word in words) or len(set(words)) != len(words):
        raise TypeError(f"regression names {words!r}"[:200])


def read_card(path: Path) -> ModelCard:
    """Read a card.

    Raises:
        ModelError: the file is missing, no card, or of a version that this program does not know.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: no such model; `gesturelrcn models` lists those that are here.") from None
    except (OSError, ValueError, RecursionError) as problem:
        raise ModelError(f"{path}: not a model card ({problem}); give the .json file of a model.") from None
    if not isinstance(fields, dict) or "format" not in fields:
        raise ModelError(f"{path}: not a model card; give the .json file of a gesturelrcn model.")
    if fields.pop("format") != FORMAT:
        raise ModelError(
            f"{path}: this model was made for another version of gesturelrcn; update gesturelrcn."
        )
    try:
        fields["classes"], fields["keypoints"] = tuple(fields["classes"]), tuple(fields["keypoints"])
        fields["thresholds"] = {name: Thresholds(**t) for name, t in fields["thresholds"].items()}
        card = ModelCard(**fields)
        _names(card.regression)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ModelError(f"{path}: the model card is incomplete or damaged ({problem}).") from None
    if NONE not in card.classes or set(card.thresholds) != set(card.gestures):
        raise ModelError(f"{path}: the model card's classes and thresholds do not belong together.")
    for name, (least, most) in _SIZES.items():
        value = getattr(card, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise ModelError(f"{path}: {name} of the model card is not between {least} and {most}.")
    return card
