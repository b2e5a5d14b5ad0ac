"""What the second CNN says of hands whose landmarks are known exactly, as it is measured.

Of a hand a few pixels wide the network says what such hands mostly are: a closed finger comes out half open.
So its answers are not the truth with noise around it. A linear-Gaussian observation model says how they
depend on the truth: one for near hands and one for far ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.data.array_files import read_arrays
from gesturelrcn.training.data.hand_shape import hand_shape
from gesturelrcn.training.features.in_batches import in_batches
from gesturelrcn.training.tasks.image_augmentation import plain_augmentation
from gesturelrcn.training.teacher.cache import HAND_MARGIN, HAND_SIZE, LabelledClip

TOLD = 3 * HAND_LANDMARKS + HAND_SHAPE
"""Numbers of an answer: landmarks and shape."""

FEWEST = 400
"""Hands below which nothing is measured."""

_FAR = 16
"""Side in pixels to which the picture of a hand is brought to see what is said of far ones."""
_EVERY = 3  # frames of a labelled clip that are looked at
_SHIFT = 0.1  # shares of the picture by which the live loop places it wrongly, the same for a whole clip
_RIDGE = 0.01  # of the number of hands
_LEAST = 1e-6
_SHORTEST = 6  # hands of a clip of which its own part of the error is told


@dataclass(frozen=True)
class HandObservation:
    """Answers y of landmarks x: y = middle + weights (x - at) / spread + steady + quick.

    Attributes:
        at, spread: (TOLD,) of landmarks and shape.
        weights: (TOLD, TOLD).
        middle: (TOLD,) mean answer.
        steady: (TOLD, TOLD) Cholesky factor of the error that is the same for a whole clip.
        quick: (TOLD, TOLD) of the error from frame to frame, `kept` of which is that of the frame before.
        kept: 0 to 1.
    """

    at: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    middle: NDArray[np.float64]
    steady: NDArray[np.float64]
    quick: NDArray[np.float64]
    kept: float

    @classmethod
    def fitted(
        cls, landmarks: NDArray[np.float64], answers: NDArray[np.float64], clips: NDArray[np.int64]
    ) -> "HandObservation":
        """Ridge regression; what is left over is split into a part of the clip and one of the frame.

        Args:
            landmarks: (N, 21, 3) in shares of the picture from its middle, z to the wrist.
            answers: (N, TOLD) of the network.
            clips: (N,) number of the clip; hands of a clip are in order of time.
        """
        x = told(landmarks)
        at, spread = x.mean(0), x.std(0) + 1e-3
        known = (x - at) / spread
        middle = answers.mean(0)
        ridge = _RIDGE * len(known) * np.eye(TOLD)
        weights = np.linalg.solve(known.T @ known + ridge, known.T @ (answers - middle)).T
        left = answers - middle - known @ weights.T
        of_clips = [left[clips == clip] for clip in np.unique(clips)]
        of_clips = [errors for errors in of_clips if len(errors) >= _SHORTEST]
        steady = np.stack([errors.mean(0) for errors in of_clips])
        moving = [errors - errors.mean(0) for errors in of_clips]
        before = sum(float((errors[:-1] ** 2).sum()) for errors in moving)
        kept = sum(float((errors[1:] * errors[:-1]).sum()) for errors in moving) / max(before, _LEAST)
        return cls(
            at, spread, weights, middle, _factor(steady), _factor(np.concatenate(moving)), _share(kept)
        )

    def answers(self, landmarks: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        """(T, TOLD) what the network says of a clip of landmarks (T, 21, 3)."""
        noise = rng.normal(size=(len(landmarks), TOLD)) @ self.quick.T
        fresh = np.sqrt(1 - self.kept**2)
        for frame in range(1, len(noise)):
            noise[frame] = self.kept * noise[frame - 1] + fresh * noise[frame]
        expected = self.middle + (told(landmarks) - self.at) / self.spread @ self.weights.T
        return np.asarray(expected + self.steady @ rng.normal(size=TOLD) + noise)


@dataclass(frozen=True)
class HandObservations:
    """Of near hands and of far ones."""

    near: HandObservation
    far: HandObservation

    def one(self, rng: np.random.Generator) -> HandObservation:
        """Of a person who stands somewhere."""
        return self.near if rng.random() < 0.5 else self.far

    def write(self, path: Path) -> None:
        """Keep it as an `.npz`."""
        arrays = {
            f"{name}_{field.name}": np.asarray(getattr(one, field.name), np.float32)
            for name, one in (("near", self.near), ("far", self.far))
            for field in fields(HandObservation)
        }
        with path.open("wb") as out:
            np.savez_compressed(out, **arrays)


def read_observations(path: Path) -> HandObservations:
    """What `HandObservations.write` kept.

    Raises:
        TrainingError: the file cannot be read or is another one.
    """

    def one(arrays: dict[str, NDArray[np.float32]], name: str) -> HandObservation:
        parts = {field.name: arrays[f"{name}_{field.name}"] for field in fields(HandObservation)}
        kept = float(parts.pop("kept"))
        return HandObservation(**{key: part.astype(np.float64) for key, part in parts.items()}, kept=kept)

    return read_arrays(
        path,
        "observations of hands",
        lambda arrays: HandObservations(one(dict(arrays), "near"), one(dict(arrays), "far")),
    )


def measured(model: LRCN, clips: Iterable[LabelledClip]) -> HandObservations | None:
    """What the hand CNN of `model` says of hands whose landmarks the teacher gives; None of too few.

    Args:
        model: taught.
        clips: labelled by the teacher.
    """
    rng = np.random.default_rng(0)
    truths: list[NDArray[np.float64]] = []
    answers: dict[int, list[NDArray[np.float32]]] = {0: [], _FAR: []}
    numbers: list[int] = []
    for number, clip in enumerate(clips):
        for which in range(2):
            frames = [t for t in range(0, len(clip.times), _EVERY) if np.isfinite(clip.hands[t, which, 0, 0])]
            if not frames:
                continue
            shift = rng.normal(0.0, _SHIFT, 2)
            truth, pictures = _views(clip, which, frames, model.config.hand_size, shift)
            truths.append(truth)
            numbers += [2 * number + which] * len(frames)
            sides = np.ones(len(frames), np.float32)
            for coarse, kept in answers.items():
                kept.append(in_batches(model, model.hand_features, pictures[coarse], sides)[:, :TOLD])
    if len(numbers) < FEWEST:
        return None
    landmarks, clip_of = np.concatenate(truths), np.array(numbers)
    inside = (np.abs(landmarks[..., :2]) < 0.7).all((1, 2))
    near, far = (
        HandObservation.fitted(
            landmarks[inside], np.concatenate(answers[coarse]).astype(np.float64)[inside], clip_of[inside]
        )
        for coarse in (0, _FAR)
    )
    return HandObservations(near, far)


def _views(
    clip: LabelledClip, which: int, frames: Sequence[int], size: int, shift: NDArray[np.float64]
) -> tuple[NDArray[np.float64], dict[int, NDArray[np.uint8]]]:
    """Landmarks (N, 21, 3) of a hand from the middle of its picture, and the pictures, near and far."""
    plain = plain_augmentation(HAND_SIZE, size, HAND_MARGIN)
    plain = replace(plain, matrix=plain.matrix + np.c_[np.zeros((2, 2)), shift * size])
    rng = np.random.default_rng(0)  # nothing of it is by chance
    truth = clip.hands[frames, which].astype(np.float64)
    images = clip.hand_pictures[frames, which]
    if which == 0:
        truth, images = truth * [-1, 1, 1] + [1, 0, 0], images[:, :, ::-1]
    scale = plain.matrix[0, 0]
    truth[..., :2] = (truth[..., :2] * HAND_SIZE * scale + plain.matrix[:, 2]) / size - 0.5
    truth[..., 2] *= HAND_SIZE * scale / size
    pictures = {
        coarse: np.stack([replace(plain, coarse=coarse).apply(image, rng) for image in images])
        for coarse in (0, _FAR)
    }
    return truth, pictures


def told(landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 21, 3) -> (N, TOLD): the landmarks and the shape that they make."""
    shape = hand_shape(torch.from_numpy(np.ascontiguousarray(landmarks, np.float32))).numpy()
    return np.asarray(np.concatenate([landmarks.reshape(len(landmarks), -1), shape], 1), np.float64)


def _factor(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cholesky factor of their covariance; of few errors what goes together is told half only."""
    covariance = np.cov(errors.T) if len(errors) > 1 else np.zeros((TOLD, TOLD))
    if len(errors) < 2 * TOLD:
        covariance = (covariance + np.diag(np.diag(covariance))) / 2
    return np.asarray(np.linalg.cholesky(covariance + _LEAST * np.eye(TOLD)))


def _share(value: float) -> float:
    return min(max(value, 0.0), 0.99)
