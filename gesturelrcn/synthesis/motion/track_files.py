"""Joint tracks of real clips in a folder, for `gesturelrcn synth --tracks`.

`python -m gesturelrcn.training.teacher CLIPS FOLDER` writes one `.npz` for each clip of
CLIPS/index.csv; with a copy of that index beside them (without the people who are kept for measuring),
FOLDER is what this module reads.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.listing import read_index
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.tracks import JointTrack, joint_track
from gesturelrcn.system.array_files import open_arrays

logger = logging.getLogger(__name__)

Tracks = Mapping[str, tuple[JointTrack, ...]]
"""By gesture, "none" among them."""


def track_path(folder: Path, clip: Clip) -> Path:
    """The file with the joints of a clip: `keypoints` (T, J, 3) of `KEYPOINTS` and `times` (T,) seconds."""
    return folder / f"{clip.cache_name}.npz"


@lru_cache(maxsize=2)
def load_tracks(folder: Path) -> Tracks:
    """The tracks in a folder; those in which too little is seen of the arms are left out.

    Raises:
        SynthesisError: there is no index, a file that it lists is missing or no track, or none is usable.
    """
    try:
        clips = read_index(folder, strict=True).clips
    except (OSError, GestureLrcnError) as error:
        raise SynthesisError(f"No tracks can be taken from {folder}: {error}") from error
    tracks: dict[str, list[JointTrack]] = {}
    for clip in clips:
        track = _track(folder, clip)
        if track is not None:
            tracks.setdefault(clip.gesture, []).append(track)
    if not tracks:
        raise SynthesisError(
            f"{folder} has no track that shows both arms: name a folder with an index.csv and the .npz files"
            " that `python -m gesturelrcn.training.teacher` makes of its clips."
        )
    return {gesture: tuple(of_gesture) for gesture, of_gesture in tracks.items()}


def _track(folder: Path, clip: Clip) -> JointTrack | None:
    path = track_path(folder, clip)
    with open_arrays(path, "track of joints", error=SynthesisError) as arrays:
        keypoints, times = (np.asarray(arrays[name], float) for name in ("keypoints", "times"))
    try:
        return joint_track(keypoints, times, clip.gesture)
    except SynthesisError as error:
        logger.warning("%s is left out: %s", path, error)
        return None
