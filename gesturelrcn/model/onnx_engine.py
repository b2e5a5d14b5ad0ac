"""The default engine: onnxruntime, one thread."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import ModelError
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.engine import StepResult
from gesturelrcn.system.onnx_session import onnx_session


class OnnxEngine:
    """Runs the exported step. See `gesturelrcn.model.engine.Engine`."""

    def __init__(self, card: ModelCard, graph: bytes, *, threads: int = 1) -> None:
        """Args: card: of the model. graph: the ONNX file. threads: that share one step.

        Raises:
            ModelError: the graph does not load, or is not the step that the card describes.
        """
        self.card = card
        self._session = onnx_session(graph, card.name, threads=threads)
        inputs = {i.name: i.shape for i in self._session.get_inputs()}
        expected = {"crop": [1, card.size, card.size, 3], "state": [card.rows, 1, card.hidden], "dt": [1]}
        if card.hand_size:
            expected |= {"hand": [1, card.hand_size, card.hand_size, 3], "side": [1]}
        if inputs != expected:
            raise ModelError(
                f"{card.name}: the model's graph has inputs {inputs}, the card wants {expected}."
            )
        self._outputs = ["scores", "keypoints", "new_state"] + ["numbers"] * bool(card.regression)
        if missing := set(self._outputs) - {output.name for output in self._session.get_outputs()}:
            raise ModelError(f"{card.name}: the model's graph has no output {', '.join(sorted(missing))}.")
        self._no_hand = np.zeros((card.hand_size, card.hand_size, 3), np.uint8)

    def initial_state(self) -> NDArray[np.float32]:
        """(rows, 1, hidden) zeros: nothing seen yet."""
        return np.zeros((self.card.rows, 1, self.card.hidden), np.float32)

    def step(
        self,
        crop: NDArray[np.uint8],
        state: NDArray[np.float32],
        dt: float,
        hand: NDArray[np.uint8] | None = None,
        side: int = 0,
    ) -> StepResult:
        """Advance by one frame; see `Engine.step`."""
        feed = {"crop": crop[None], "state": state, "dt": np.array([dt], np.float32)}
        if self.card.hand_size:
            feed["hand"] = (self._no_hand if hand is None else hand)[None]
            feed["side"] = np.array([0 if hand is None else side], np.float32)
        scores, keypoints, state, *numbers = self._session.run(self._outputs, feed)
        return StepResult(scores[0], keypoints[0], state, numbers[0][0] if numbers else None)
