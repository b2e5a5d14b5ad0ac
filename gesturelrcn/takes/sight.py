"""What the CNN sees frame by frame, with the frame as a JPEG for as long as it may belong to a take."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture import Frame
from gesturelrcn.model.files import card_path
from gesturelrcn.model.streaming import FIRST_DT
from gesturelrcn.observation import Observation
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.system.opencv import cv2

_QUALITY = 92


@dataclass(frozen=True, eq=False)
class Sight:
    """One frame as it was seen.

    Attributes:
        at: seconds on the source's clock.
        picture: the frame as a JPEG.
        region: where the person is, or None for nobody; then the following are None, too.
        keypoints: (J, 3) joints in shares of the region.
        joints: (J, 3) the same in shares of the picture of the body, as the CNN says them.
        hand: (HAND_VALUES,) of the hand that was looked at; None for models that do not tell.
        dt: seconds since the frame before, as the model was told.
        broken: what came before does not belong to this frame.
    """

    at: float
    picture: bytes
    region: Region | None = None
    keypoints: NDArray[np.float32] | None = None
    joints: NDArray[np.float32] | None = None
    hand: NDArray[np.float32] | None = None
    dt: float = FIRST_DT
    broken: bool = False


class Watcher:
    """Shows frames to a recogniser that looks at each of them, and tells what its CNN saw."""

    def __init__(self, recognizer: Recognizer) -> None:
        """Args: recognizer: one that passes over no frame (`rests=False`)."""
        self._recognizer = recognizer
        self._forgotten: int | None = None
        self._before: float | None = None

    def see(self, frame: Frame) -> tuple[Observation, Sight | None]:
        """What was made of a frame, and what was seen; None where frames came too quickly to look at each.

        Raises:
            CaptureError: the frame is none.
        """
        observation = self._recognizer.process(frame)
        evidence = observation.evidence
        if observation.region is None or evidence is None:
            self._forgotten = None
            return observation, Sight(frame.captured_at, _jpeg(frame), broken=frame.discontinuous)
        if evidence.captured_at != frame.captured_at or observation.keypoints is None:
            return observation, None
        at, before = frame.captured_at, self._before
        known = before is not None and observation.forgotten == self._forgotten
        self._forgotten, self._before = observation.forgotten, at
        card = self._recognizer.card
        return observation, Sight(
            at=at,
            picture=_jpeg(frame),
            region=observation.region,
            keypoints=observation.keypoints,
            joints=card.in_body(observation.keypoints),
            hand=self._recognizer.hand,
            dt=at - before if known and before is not None else FIRST_DT,
            broken=frame.discontinuous,
        )


def _jpeg(frame: Frame) -> bytes:
    return cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def picture_of(jpeg: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR."""
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def weights_of(model: str | Path) -> str:
    """SHA-256 of a model's graph, as its card tells.

    Raises:
        ModelError: there is no such model.
    """
    from gesturelrcn.model import read_card

    card = card_path(model)
    told = read_card(card).files.get(card.with_suffix(".onnx").name)
    return told or hashlib.sha256(card.read_bytes()).hexdigest()
