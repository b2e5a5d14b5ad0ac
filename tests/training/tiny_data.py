"""Small data sets: tracks of moving arms, and clips cut from the sample that ships with the package."""

import json
from pathlib import Path

import cv2
import numpy as np

from gesturelrcn.model import KEYPOINTS, assets
from gesturelrcn.training.features import SeenClip
from gesturelrcn.training.index import Clip
from gesturelrcn.training.joint_tracks import write_tracks

SMALL_NETWORK = "[network]\nsize = 32\nhidden = 24\njoint_features = 16\ndropout = 0.1\n"


def moving(gesture, subject, direction, onset=0.8):
    """An arm that moves to one side from 0.8 s on."""
    times = (np.arange(60) / 20).astype(np.float32)
    keypoints = np.full((60, len(KEYPOINTS), 3), 0.5, np.float32)
    keypoints[:, 4, 0], keypoints[:, 5, 0] = 0.6, 0.4
    keypoints[:, 0, 0] += direction * 0.4 * np.clip((times - 0.8) / 0.5, 0, 1)
    clip = Clip(Path("x"), f"{subject}/{gesture}", subject, gesture, 1.0, 20.0, onset if direction else None)
    return SeenClip(clip, gesture, keypoints, times)


ARMS = (("none", 0), ("point_left", 1), ("point_right", -1))


def arms(subject="A"):
    return [moving(gesture, subject, direction) for gesture, direction in ARMS]


def write_arm_tracks(folder):
    folder.mkdir(parents=True)
    write_tracks(folder / "arms.npz", arms("A") + arms("B"))


def tracks_config(folder, more="", recognition="steps = 40\nstreams = 8\nchunk = 32\nrate = 5e-3\n"):
    """Config and data of a training without any picture; returns the config's path."""
    write_arm_tracks(folder / "arms")
    config = folder / "arms.toml"
    config.write_text(
        'name = "arms"\nstart = "random"\n' + more + '[[data]]\nname = "arms"\nlicence = "CC0-1.0"\n'
        'source = "drawn"\n[keypoints]\nsteps = 0\n[recognition]\n' + recognition + SMALL_NETWORK
    )
    return config


def cut_sample(folder):
    """CLASS/NUMBER.mp4 from the sample: two gestures once or twice, and none; 10 frames a second."""
    folder.mkdir(parents=True)
    truth = [json.loads(line) for line in (assets() / "sample.jsonl").read_text().splitlines()]
    frames = list(_frames(assets() / "sample.mp4"))[::2]
    times = {"none": [(0.4, 2.4), (10.3, 12.0)]}
    for gesture in truth:
        times.setdefault(gesture["gesture"], []).append((gesture["onset_s"] - 0.8, gesture["offset_s"]))
    for name, pieces in times.items():
        (folder / name).mkdir()
        for number, (begin, end) in enumerate(pieces):
            write_clip(folder / name / f"{number}.mp4", frames[int(begin * 10) : int(end * 10)])


def _frames(path):
    video = cv2.VideoCapture(str(path))
    while True:
        read, image = video.read()
        if not read:
            return
        yield cv2.resize(image, (320, 240))


def write_clip(path, frames, fps=10):
    height, width = frames[0].shape[:2]
    out = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, (width, height))
    for frame in frames:
        out.write(frame)
    out.release()


def grey_clip(path, frames=4, fps=10):
    """A clip with nobody in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_clip(path, [np.full((48, 64, 3), 90, np.uint8)] * frames, fps)
