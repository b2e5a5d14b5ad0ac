"""What the taught CNNs see in the clips of a data set, as they are and through random cameras."""

import logging
import zlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import CaptureError
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of, middle_region
from gesturelrcn.region import Region, person_follower
from gesturelrcn.system.opencv import cv2
from gesturelrcn.training.config.config import Kind
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.features.extraction import extract_features
from gesturelrcn.training.features.onsets import offset_of, onset_of
from gesturelrcn.training.features.virtual_camera import random_camera
from gesturelrcn.vocabulary import NONE

logger = logging.getLogger(__name__)

LARGEST = 1280
"""Longer side in pixels above which frames are made smaller: a whole clip has to fit into memory."""

Frames = list[tuple[NDArray[np.uint8], Region]]


class FeatureExtractor:
    """Looks at one clip after another; can be sent to another process."""

    def __init__(self, model: LRCN, card: ModelCard, kind: Kind, versions: int, seed: int) -> None:
        """Args: model: taught. card: its card. kind: of the data set. versions: random cameras a clip."""
        self._model, self._card, self._kind = model, card, kind
        self._versions, self._seed = versions, seed

    def __call__(self, clip: Clip) -> list[ClipFeatures]:
        """The clip as it is, then under every random camera; nothing where nobody is found in it."""
        # Of its own for each clip, so that other clips and the number of workers change nothing.
        rng = np.random.default_rng((self._seed, zlib.crc32(clip.name.encode())))
        frames, times = self._frames(clip)
        if len(frames) < 2:
            return []
        plain = extract_features(self._model, clip, frames, times, None, rng)
        if clip.onset is None and clip.gesture != NONE:
            clip = replace(
                clip, onset=onset_of(plain.keypoints, times), offset=offset_of(plain.keypoints, times)
            )
            plain = replace(plain, clip=clip)
        native = float(np.median([body.side for _, body in frames]))
        cameras = [random_camera(rng, native) for _ in range(self._versions)]
        return [
            plain,
            *(extract_features(self._model, clip, frames, times, camera, rng) for camera in cameras),
        ]

    def _frames(self, clip: Clip) -> tuple[Frames, NDArray[np.float32]]:
        """Every frame in which somebody is, with the square of the body, and its time."""
        frames: Frames = []
        times = []
        follower = None if self._kind == "films" else person_follower()
        try:
            for frame in frames_of(clip.path):
                image, at = _bounded(frame.image), frame.captured_at
                region = middle_region(image, at) if follower is None else follower.follow(image, at)
                if region is not None:
                    frames.append((image, self._card.body(region)))
                    times.append(at)
        except CaptureError as problem:
            logger.warning("%s: %s", clip.name, problem)
        finally:
            if follower is not None:
                follower.close()
        return frames, np.array(times, np.float32)


def _bounded(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    longer = max(image.shape[:2])
    if longer <= LARGEST:
        return image
    scale = LARGEST / longer
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
