"""What the CNNs say of a clip, as the live loop would ask them: of the clip as it is, or through a camera."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.model.fovea import Fovea, hand_picture, place_fovea
from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region, crop
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.features.in_batches import in_batches
from gesturelrcn.training.features.virtual_camera import VirtualCamera
from gesturelrcn.vocabulary import mirrored


def extract_features(
    model: LRCN,
    clip: Clip,
    frames: list[tuple[NDArray[np.uint8], Region]],
    times: NDArray[np.float32],
    camera: VirtualCamera | None,
    rng: np.random.Generator,
) -> ClipFeatures:
    """Run both CNNs over a clip.

    Args:
        model: whose CNNs look.
        clip: what it is.
        frames: pictures, and in each the square of the body.
        times: (T,) seconds from the beginning.
        camera: None to see the frames as they are.
        rng: noise of the camera.
    """
    taken = frames if camera is None else [camera.take(image, body, rng) for image, body in frames]
    bodies = np.stack([crop(image, body, model.config.size) for image, body in taken])
    keypoints = in_batches(model, model.body_features, bodies)
    hands = None
    if model.config.hand_size:
        foveas: list[Fovea | None] = [None]
        for joints in keypoints[:-1]:
            foveas.append(place_fovea(joints, foveas[-1]))
        pictures = np.stack(
            [
                hand_picture(image, body, fovea, model.config.hand_size)
                for (image, body), fovea in zip(taken, foveas, strict=True)
            ]
        )
        sides = np.array([0 if fovea is None else fovea.side for fovea in foveas], np.float32)
        hands = in_batches(model, model.hand_features, pictures, sides)
    flipped = camera is not None and camera.flip
    return ClipFeatures(clip, mirrored(clip.gesture) if flipped else clip.gesture, keypoints, times, hands)
