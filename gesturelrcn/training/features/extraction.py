"""Watch clips as the live loop would, through random cameras: the LSTM learns from what the CNNs say."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.model.fovea import Fovea, hand_picture, place_fovea
from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region, crop
from gesturelrcn.training.data.clip_features import SeenClip
from gesturelrcn.training.features.virtual_camera import Camera
from gesturelrcn.vocabulary import mirrored

_BATCH = 64


def watch(
    model: LRCN,
    clip: Clip,
    frames: list[tuple[NDArray[np.uint8], Region]],
    times: NDArray[np.float32],
    camera: Camera | None,
    rng: np.random.Generator,
) -> SeenClip:
    """Run both CNNs over a clip.

    Args:
        model: whose CNNs look; in evaluation mode.
        clip: what it is.
        frames: pictures, and in each the square of the body.
        times: (T,) seconds from the beginning.
        camera: None to see the frames as they are.
        rng: noise of the camera.
    """
    taken = frames if camera is None else [camera.take(image, body, rng) for image, body in frames]
    bodies = np.stack([crop(image, body, model.config.size) for image, body in taken])
    keypoints = _in_batches(lambda i: model.body_features(torch.from_numpy(bodies[i])), len(bodies))
    hands = None
    if model.config.hand_size:
        foveas: list[Fovea | None] = [None]
        for seen in keypoints[:-1]:
            foveas.append(place_fovea(seen, foveas[-1]))
        pictures = np.stack(
            [
                hand_picture(image, body, fovea, model.config.hand_size)
                for (image, body), fovea in zip(taken, foveas, strict=True)
            ]
        )
        sides = np.array([0 if fovea is None else fovea.side for fovea in foveas], np.float32)
        hands = _in_batches(
            lambda i: model.hand_features(torch.from_numpy(pictures[i]), torch.from_numpy(sides[i])),
            len(pictures),
        )
    flipped = camera is not None and camera.flip
    return SeenClip(clip, mirrored(clip.gesture) if flipped else clip.gesture, keypoints, times, hands)


def _in_batches(look: Callable[[slice], torch.Tensor], count: int) -> NDArray[np.float32]:
    with torch.inference_mode():
        parts = [look(slice(i, i + _BATCH)) for i in range(0, count, _BATCH)]
    return np.asarray(torch.cat(parts).numpy(), np.float32)
