"""The model with its memory: one frame after the other goes in, and each time scores come out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import CaptureError, ModelError
from gesturelrcn.model.engine import Engine
from gesturelrcn.model.files import EngineName, load_model
from gesturelrcn.model.fovea import Fovea, hand_picture, place_fovea
from gesturelrcn.model.hand_memory import remembered_hand
from gesturelrcn.region import Region, crop
from gesturelrcn.region.picture import must_be_picture, must_be_square

FIRST_DT = 0.05
"""Seconds since the frame before, where there was none: the model has to be told something."""


@dataclass(frozen=True, eq=False)
class ModelOutput:
    """What one frame told.

    Attributes:
        scores: (C,) float32, softmax in the order of the card's classes, `none` included; not smoothed.
        keypoints: (J, 3) float32: x, y in shares of the region, which they may leave, and visibility 0 to 1.
        look: the square of the frame, in pixels, at which the model looked closely: around a hand; None in
            the first frame, and always for models that look at no hand.
        numbers: by name, for a model with `regression`; else None.
    """

    scores: NDArray[np.float32]
    keypoints: NDArray[np.float32]
    look: Region | None = None
    numbers: dict[str, float] | None = None


class Pictures(NamedTuple):
    """What the model gets to see of a frame.

    Attributes:
        body: (size, size, 3) uint8 BGR.
        hand: (hand_size, hand_size, 3) uint8 BGR, a left one mirrored; None in the first frame.
        side: -1 for the left hand, 1 for the right one, 0 for none.
        look: the square of the frame from which `hand` was cut.
    """

    body: NDArray[np.uint8]
    hand: NDArray[np.uint8] | None
    side: int
    look: Region | None


class StreamingModel:
    """A model that remembers what it saw, for one stream of frames: engine, memory and fovea in one object.

    It knows no camera, no person locator, no thread and no threshold: who has these needs nothing else.
    `Recognizer` puts them around it, and says when to `reset`. Not for several threads at once.

    Attributes:
        card: what the model recognises, and how it wants its pictures.

    Examples:
        >>> import numpy as np
        >>> from gesturelrcn import StreamingModel
        >>> from gesturelrcn.region import Region
        >>> model = StreamingModel()
        >>> image = np.zeros((480, 640, 3), np.uint8)  # a frame
        >>> person = Region(x=320.0, y=240.0, side=400.0, confidence=1.0, located_at=0.0)
        >>> output = model.step(image, person, dt=0.05)
        >>> output.scores.shape == (len(model.card.classes),)
        True
        >>> saved = model.state
        >>> scores = model.step(image, person, dt=0.05).scores
        >>> model.state = saved  # the last step is forgotten
        >>> bool((model.step(image, person, dt=0.05).scores == scores).all())
        True
    """

    def __init__(self, model: str | Path | Engine = "default", engine: EngineName = "onnxruntime") -> None:
        """Load the model; nothing is remembered yet.

        Args:
            model: name or card of a model, or an engine that is loaded already.
            engine: `onnxruntime` or `torch`.

        Raises:
            ModelError: the model cannot be loaded.
        """
        self._engine = load_model(model, engine) if isinstance(model, str | Path) else model
        self.card = self._engine.card
        self.reset()

    def reset(self) -> None:
        """Forget everything: what comes next is another person, another place or another time."""
        self._memory = self._engine.initial_state()
        self._fovea: Fovea | None = None

    def step(self, image: NDArray[np.uint8], region: Region, dt: float = FIRST_DT) -> ModelOutput:
        """Advance by one frame.

        Args:
            image: (H, W, 3) uint8 BGR.
            region: where the person is, pixels of `image`; what lies outside the picture is taken as black.
            dt: seconds since the frame before.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8, the region no square, or `dt` no time.
        """
        must_be_picture(image)
        must_be_square(region)
        if not isinstance(dt, int | float | np.floating) or not 0 <= dt < math.inf:
            raise CaptureError(f"Between two frames lie {dt!r} seconds; give a number, 0 or more.")
        return self.advance(self.cut(image, region), dt)

    def cut(self, image: NDArray[np.uint8], region: Region) -> Pictures:
        """The first half of `step`: cut out what the model looks at."""
        body = self.card.body(region)
        picture = crop(image, body, self.card.size)
        if self._fovea is None:
            return Pictures(picture, None, 0, None)
        hand = hand_picture(image, body, self._fovea, self.card.hand_size)
        return Pictures(picture, hand, self._fovea.side, self._fovea.square(body))

    def advance(self, pictures: Pictures, dt: float = FIRST_DT) -> ModelOutput:
        """The second half of `step`: show it to the model, remember, and choose where to look next."""
        result = self._engine.step(pictures.body, self._memory, dt, pictures.hand, pictures.side)
        self._memory = result.state
        if self.card.hand_size:
            self._fovea = place_fovea(result.keypoints, self._fovea)
        numbers = result.numbers
        return ModelOutput(
            result.scores,
            self.card.in_region(result.keypoints),
            pictures.look,
            None if numbers is None else dict(zip(self.card.regression, numbers.tolist(), strict=True)),
        )

    @property
    def hand(self) -> NDArray[np.float32] | None:
        """What the last step saw of the hand: (HAND_VALUES,) as in `gesturelrcn.keypoints`, wrist at 0, 0, 0.

        The temporal heads read it so, and no picture can be made of it. None before the first step, and for
        models that look at no hand or do not remember what they saw (without `motion`).
        """
        return remembered_hand(self._memory, self.card)

    @property
    def state(self) -> Mapping[str, NDArray[Any]]:
        """What is remembered, as plain arrays of its own: `np.savez(path, **model.state)` keeps them.

        `memory` is (rows, 1, hidden) float32. `fovea` is (3,) float64: x, y of the hand in shares of the
        picture of the body, and -1 for the left hand, 1 for the right one, 0 where none is known. Assigned to
        the same model, in whichever engine, it lets that model go on from there.

        Raises:
            ModelError: what is assigned is no state of this model.
        """
        fovea = self._fovea
        place = (0.0, 0.0, 0.0) if fovea is None else (fovea.x, fovea.y, float(fovea.side))
        return {"memory": self._memory.copy(), "fovea": np.array(place)}

    @state.setter
    def state(self, state: Mapping[str, NDArray[Any]]) -> None:
        shapes = {"memory": self._memory.shape, "fovea": (3,)}
        try:
            arrays = {name: np.array(state[name], np.float64) for name in shapes}
        except (TypeError, ValueError, KeyError, IndexError):
            words = " and ".join(shapes)
            raise ModelError(f"{self.card.name}: a state holds the arrays {words}; this is none.") from None
        given = {name: array.shape for name, array in arrays.items()}
        if given != shapes:
            raise ModelError(f"{self.card.name}: this is the state of another model: {given}, not {shapes}.")
        x, y, side = arrays["fovea"].tolist()
        if side not in (-1, 0, 1) or not all(np.isfinite(array).all() for array in arrays.values()):
            raise ModelError(f"{self.card.name}: this state is damaged: it holds what no step leaves.")
        self._memory = arrays["memory"].astype(np.float32)
        self._fovea = Fovea(x, y, int(side)) if side and self.card.hand_size else None
