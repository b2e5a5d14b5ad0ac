"""The card that travels with a model: what it recognises, how it wants its pictures, what was measured."""

import json
import math
from collections.abc import Container, Iterable
from dataclasses import asdict, astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import ModelError, in_short
from gesturelrcn.region import Region
from gesturelrcn.thresholds import (
    NORMAL,
    SENSITIVITIES,
    Sensitivities,
    Sensitivity,
    Thresholds,
    thresholds_from,
)
from gesturelrcn.vocabulary import NONE, quoted, suggestion

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
        thresholds: per gesture, at the sensitivity `normal`.
        files: file name -> SHA-256 of the weights beside the card.
        network: widths that rebuild the torch module.
        data: sources of the training data, each with its licence or that it states none.
        figures: what was measured, with the commands.
        limits: what the model cannot do.
        zoom: side of the picture of the body in shares of the person region.
        lift: how far its centre lies above the region's, in shares of the region's side.
        hand_size: side of the picture of the hand, pixels; 0 for a model that looks at none.
        rows: of the state.
        operating_points: sensitivity (`careful`, `eager`) -> thresholds per gesture, beside `thresholds`.
        off: gestures that start nothing unless they are turned on -> why, as half a sentence.
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
    operating_points: dict[Sensitivity, dict[str, Thresholds]] = field(default_factory=dict)
    off: dict[str, str] = field(default_factory=dict)

    def body(self, region: Region) -> Region:
        """The square from which the picture of the body is cut, for a person in `region`."""
        return replace(region, y=region.y - self.lift * region.side, side=self.zoom * region.side)

    def in_region(self, keypoints: NDArray[np.float32]) -> NDArray[np.float32]:
        """(J, 3) joints with x, y in shares of the picture of the body -> in shares of the person region."""
        moved: NDArray[np.float32] = keypoints.copy()
        moved[:, :2] = (keypoints[:, :2] - 0.5) * self.zoom + 0.5
        moved[:, 1] -= self.lift
        return moved

    def in_body(self, keypoints: NDArray[np.float32]) -> NDArray[np.float32]:
        """The other way round: from shares of the person region to shares of the picture of the body."""
        moved: NDArray[np.float32] = keypoints.copy()
        moved[:, 1] += self.lift
        moved[:, :2] = (moved[:, :2] - 0.5) / self.zoom + 0.5
        return moved

    @property
    def gestures(self) -> list[str]:
        """Every class but `none`."""
        return [name for name in self.classes if name != NONE]

    @property
    def sensitivities(self) -> tuple[Sensitivity, ...]:
        """Those that the model has, from the least ready to start."""
        return tuple(name for name in SENSITIVITIES if name == NORMAL or name in self.operating_points)

    def thresholds_at(self, sensitivity: Sensitivity) -> dict[str, Thresholds]:
        """Per gesture, those that are off included.

        Raises:
            ModelError: the model has no such operating point.
        """
        if sensitivity not in self.sensitivities:
            raise ModelError(
                f"{self.name} has no sensitivity '{sensitivity}'; it has {', '.join(self.sensitivities)}."
            )
        return self.thresholds if sensitivity == NORMAL else self.operating_points[sensitivity]

    def in_force(self, sensitivities: Sensitivities) -> dict[str, Thresholds]:
        """Per gesture the thresholds at which it starts and ends; one that stays off is not among them.

        Raises:
            ModelError: the model has no such operating point, or no such gesture.
        """
        self.must_have([*sensitivities.of, *sorted(sensitivities.turned_on)])
        off = self.still_off(sensitivities.turned_on)
        return {
            name: self.thresholds_at(sensitivities.of.get(name, sensitivities.general))[name]
            for name in self.gestures
            if name not in off
        }

    def still_off(self, turned_on: Container[str]) -> dict[str, str]:
        """Gestures that start nothing where these are turned on -> why."""
        return {name: why for name, why in self.off.items() if name not in turned_on}

    def must_have(self, gestures: Iterable[str]) -> None:
        """Look whether these are gestures of the model.

        Raises:
            ModelError: one of them is not.
        """
        for name in gestures:
            if name not in self.gestures:
                near = suggestion(name, self.gestures)
                hint = f"did you mean '{near}'?" if near else f"it recognises {', '.join(self.gestures)}."
                raise ModelError(f"{self.name} does not recognise the gesture {quoted(name)}; {hint}")

    @property
    def regression(self) -> tuple[str, ...]:
        """Names of the numbers that the model tells of every frame beside the scores; mostly none."""
        return tuple(self.network.get("regression", ()))

    def to_json(self) -> str:
        """The card as the text of its file; `operating_points` and `off` are left out where empty."""
        plain = {"format": FORMAT, **asdict(self)}
        for name in ("operating_points", "off"):
            if not plain[name]:
                del plain[name]
        return json.dumps(plain, indent=1) + "\n"


def _names(words: tuple[Any, ...]) -> None:
    if not all(isinstance(word, str) for word in words) or len(set(words)) != len(words):
        raise TypeError(f"regression names {words!r}"[:200])


def _problem_of_points(card: ModelCard) -> str:
    """What is wrong with the thresholds, those of other operating points included; empty if nothing is."""
    known = [name for name in SENSITIVITIES if name != NORMAL]
    for name in card.operating_points:
        if name not in known:
            return (
                f"there is no operating point {quoted(name)} but {' and '.join(known)}, beside the thresholds"
            )
        if set(card.operating_points[name]) != set(card.gestures):
            return (
                f"the operating point '{name}' of the model card does not have exactly the model's gestures"
            )
    for name in card.sensitivities:
        for gesture, limits in card.thresholds_at(name).items():
            if not _in_order(limits):
                return (
                    f"the thresholds of {quoted(gesture)} ({name}) in the model card are not numbers with"
                    " 0 <= end <= start and seconds from 0 on"
                )
    return ""


def _in_order(limits: Thresholds) -> bool:
    values = astuple(limits)
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        return False
    seconds = limits.start_after, limits.end_after
    return 0 <= limits.end <= limits.start < math.inf and all(0 <= each < math.inf for each in seconds)


def _problem_of_off(card: ModelCard) -> str:
    """What is wrong with the gestures that are off; empty if nothing is."""
    off: Any = card.off  # of a file, and nobody has looked at its types
    if not isinstance(off, dict):
        return "'off' in the model card does not give, for each gesture that is off, why it is"
    for gesture, why in off.items():
        if gesture not in card.gestures:
            return f"{quoted(gesture)} is off in the model card, and no gesture of the model"
        if not isinstance(why, str) or not why.strip():
            return f"the model card does not say in words why {quoted(gesture)} is off"
    return ""


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
        raise ModelError(
            f"{path}: not a model card ({in_short(problem)}); give the .json file of a model."
        ) from None
    if not isinstance(fields, dict) or "format" not in fields:
        raise ModelError(f"{path}: not a model card; give the .json file of a gesturelrcn model.")
    if fields.pop("format") != FORMAT:
        raise ModelError(
            f"{path}: this model was made for another version of gesturelrcn; update gesturelrcn."
        )
    try:
        fields["classes"], fields["keypoints"] = tuple(fields["classes"]), tuple(fields["keypoints"])
        fields["thresholds"] = thresholds_from(fields["thresholds"])
        points = fields.get("operating_points", {}).items()
        fields["operating_points"] = {name: thresholds_from(point) for name, point in points}
        card = ModelCard(**fields)
        _names(card.regression)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ModelError(f"{path}: the model card is incomplete or damaged ({in_short(problem)}).") from None
    if NONE not in card.classes or set(card.thresholds) != set(card.gestures):
        raise ModelError(f"{path}: the model card's classes and thresholds do not belong together.")
    problem_of_points = _problem_of_points(card) or _problem_of_off(card)
    if problem_of_points:
        raise ModelError(f"{path}: {problem_of_points}.")
    for name, (least, most) in _SIZES.items():
        value = getattr(card, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise ModelError(f"{path}: {name} of the model card is not between {least} and {most}.")
    return card
