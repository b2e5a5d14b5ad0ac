"""Small sets of motion without pictures."""

import csv

import numpy as np


def pose_stream(path, person="A", gap=None, faces=True, change=None):
    """Ten seconds: a label of a swipe with raise and return, a circle, and what nobody has a word for."""
    t = np.arange(200) / 20
    poses = np.zeros((200, 25, 4), np.float32)
    poses[..., 3] = 0.95
    poses[:, :11, :2] = 0.5, 0.2
    for joint, at in {11: (0.55, 0.4), 12: (0.45, 0.4), 13: (0.58, 0.6), 14: (0.42, 0.6)}.items():
        poses[:, joint, :2] = at
    poses[:, 15:23, :2] = 0.6, 0.8
    x = np.interp(t, [0, 1.0, 1.8, 2.2, 2.6, 3.6], [0.4, 0.4, 0.38, 0.55, 0.55, 0.4])
    y = np.interp(t, [0, 1.0, 1.8, 2.6, 3.4], [0.8, 0.8, 0.45, 0.45, 0.8])
    poses[:, [16, 18, 20, 22], 0] = x[:, None]
    poses[:, [16, 18, 20, 22], 1] = y[:, None]
    label = np.full(200, "none", "<U12")
    label[20:60], label[100:120], label[140:160] = "swipe_left", "circle", "other:spin"
    if gap is not None:
        poses[slice(*gap)] = np.nan
    if not faces:
        poses[:, :11] = np.nan
    arrays = {"X": poses, "t": t + 3.0, "label": label, "aspect": np.float32(2.0), "person": person}
    arrays |= change or {}
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


def pose_folder(folder, people):
    folder.mkdir()
    with (folder / "index.csv").open("w", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["file", "person"])
        for number, person in enumerate(people):
            table.writerow([pose_stream(folder / f"{number}.npz", person).name, person])
    return folder


KINECT = (
    "HipCenter", "Spine", "ShoulderCenter", "Head", "ShoulderLeft", "ElbowLeft", "WristLeft", "HandLeft",
    "ShoulderRight", "ElbowRight", "WristRight", "HandRight",
)  # fmt: skip


def skeleton_file(path, words=("swipe_left", "neg_clap", "wave"), names=KINECT, change=None):
    """Clips of 60 frames in which the right hand goes up and to the own left; x is to the own right."""
    frames = []
    at = np.linspace(0, 1, 60)
    for _ in words:
        joints = np.zeros((60, len(KINECT), 3), np.float32)
        for name, x, y in (
            ("Head", 0, 0.7), ("ShoulderLeft", -0.2, 0.45), ("ElbowLeft", -0.25, 0.2),
            ("WristLeft", -0.25, 0), ("HandLeft", -0.25, -0.08),
            ("ShoulderRight", 0.2, 0.45), ("ElbowRight", 0.25, 0.2),
        ):  # fmt: skip
            joints[:, KINECT.index(name)] = x, y, 2.5
        x = np.interp(at, [0, 0.3, 0.5, 0.7, 1], [0.25, 0.4, -0.3, -0.3, 0.25])
        y = np.interp(at, [0, 0.3, 0.7, 1], [0, 0.4, 0.4, 0])
        joints[:, KINECT.index("WristRight")] = np.stack([x, y, np.full(60, 2.3)], -1)
        joints[:, KINECT.index("HandRight")] = np.stack([x, y + 0.08, np.full(60, 2.3)], -1)
        frames.append(joints)
    arrays = {
        "X": np.concatenate(frames),
        "start": np.arange(len(words) + 1) * 60,
        "vocab": np.array(words),
        "subject": np.array([f"s{number}" for number in range(len(words))]),
        "fps": np.full(len(words), 30.0),
        "names": np.array(names),
        "axes": np.array("x+=own right (mirror view), y up, z=distance, metres"),
    }
    arrays |= change or {}
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


HOLISTIC = (
    "nose", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist",
    *(
        f"{side}H_{part}"
        for side in "LR"
        for part in ("wrist", *(f"{finger}{n}" for finger in ("thumb", "index", "middle", "ring", "pinky")
                                for n in range(1, 5)))
    ),
)  # fmt: skip


def landmark_file(path, words=("thumbs_up", "neg_drink"), change=None):
    """Clips of 30 frames of somebody who holds the right hand up; the left one is not found."""
    places = np.zeros((30 * len(words), len(HOLISTIC), 3), np.float32)
    for name, x, y in (
        ("nose", 0.5, 0.25), ("l_shoulder", 0.62, 0.5), ("r_shoulder", 0.38, 0.5), ("l_elbow", 0.65, 0.75),
        ("r_elbow", 0.35, 0.75), ("l_wrist", 0.66, 0.95), ("r_wrist", 0.33, 0.5),
    ):  # fmt: skip
        places[:, HOLISTIC.index(name), :2] = x, y
    first = HOLISTIC.index("RH_wrist")
    for number in range(21):
        places[:, first + number] = 0.33 + 0.004 * number, 0.5 - 0.008 * (number % 5), -0.001 * number
    arrays = {
        "X": places,
        "start": np.arange(len(words) + 1) * 30,
        "vocab": np.array(words),
        "subject": np.array([f"s{number}" for number in range(len(words))]),
        "fps": np.full(len(words), 15.0),
        "names": np.array(HOLISTIC),
    }
    arrays |= change or {}
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path
