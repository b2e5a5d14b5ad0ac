"""Small data sets: tracks of moving arms, and clips cut from the sample that ships with the package."""

import json
from pathlib import Path

import cv2
import numpy as np

from gesturelrcn.keypoints import HAND_LANDMARKS
from gesturelrcn.model import KEYPOINTS, assets
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.track_files import write_tracks

SMALL_NETWORK = "[network]\nsize = 32\nhidden = 24\njoint_features = 16\ndropout = 0.1\n"


def moving(gesture, subject, direction, onset=0.8):
    """An arm that moves to one side from 0.8 s on."""
    times = (np.arange(60) / 20).astype(np.float32)
    keypoints = np.full((60, len(KEYPOINTS), 3), 0.5, np.float32)
    keypoints[:, 4, 0], keypoints[:, 5, 0] = 0.6, 0.4
    keypoints[:, 0, 0] += direction * 0.4 * np.clip((times - 0.8) / 0.5, 0, 1)
    clip = Clip(Path("x"), f"{subject}/{gesture}", subject, gesture, 1.0, 20.0, onset if direction else None)
    return ClipFeatures(clip, gesture, keypoints, times)


ARMS = (("none", 0), ("point_left", 1), ("point_right", -1))


def arms(subject="A"):
    return [moving(gesture, subject, direction) for gesture, direction in ARMS]


def write_arm_tracks(folder):
    folder.mkdir(parents=True)
    write_tracks(folder / "arms.npz", arms("A") + arms("B"))


def tracks_config(folder, more="", recognition="steps = 100\nstreams = 8\nchunk = 32\nrate = 5e-3\n"):
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


def hand_shard(folder, count, size=64):
    """A shard of pictures of hands: a spot in each, all landmarks in it; none in every fourth."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    images = np.full((count, size, size, 3), 40, np.uint8)
    marks = np.full((count, HAND_LANDMARKS, 3), np.nan, np.float32)
    present = np.arange(count) % 4 > 0
    for number in np.flatnonzero(present):
        x, y = rng.integers(size // 3, 2 * size // 3, 2)
        cv2.circle(images[number], (int(x), int(y)), size // 12, (40, 80, 250), -1)
        marks[number] = ((x + 0.5) / size, (y + 0.5) / size, 0)
    np.savez(folder / "hands-0-000.npz", x=images, hand=marks, present=present)


def performance_shard(folder, labels, frames=45):
    """A shard of performances: somebody's right arm goes up, or stays down for `none`."""
    folder.mkdir(parents=True)
    times = np.arange(frames) / 15
    joints, hands = [], []
    for label in labels:
        up = 0.0 if label == "none" else 1.0
        places = np.tile(np.array([320.0, 240.0]), (frames, len(KEYPOINTS), 1))
        places[:, KEYPOINTS.index("left_shoulder"), 0], places[:, KEYPOINTS.index("right_shoulder"), 0] = (
            370,
            270,
        )
        places[:, KEYPOINTS.index("left_wrist")] = (390, 360)
        wrist = np.stack([np.full(frames, 240.0), 360 - 200 * up * np.clip((times - 0.8) / 0.5, 0, 1)], -1)
        for part in ("wrist", "index_tip", "pinky_tip", "thumb_tip"):
            places[:, KEYPOINTS.index(f"right_{part}")] = wrist
        joints.append(places)
        both = np.zeros((frames, 2, HAND_LANDMARKS, 3))
        both[:, 0, :, :2] = (390, 360)
        both[:, 1, :, :2] = wrist[:, None]
        both[..., :2] += np.random.default_rng(0).uniform(-15, 15, (HAND_LANDMARKS, 2))
        hands.append(both)
    unknown = np.array([label == "none" for label in labels])
    np.savez(
        folder / "performances-0-000.npz",
        joints=np.concatenate(joints).astype(np.float32),
        hands=np.concatenate(hands).astype(np.float32),
        times=np.tile(times, len(labels)).astype(np.float32),
        lengths=np.full(len(labels), frames),
        label=np.array(labels),
        person=np.array([f"0-{number % 2}" for number in range(len(labels))]),
        onset=np.where(unknown, np.nan, 0.8),
        stroke_end=np.where(unknown, np.nan, 1.3),
        offset=np.where(unknown, np.nan, 2.5),
        region=np.tile([320.0, 240.0, 420.0], (len(labels), 1)),
        size=np.tile([640, 480], (len(labels), 1)),
    )
