"""Stitched streams as files, so that other programs can be measured on the very same frames."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation.plans import plan_streams
from gesturelrcn.evaluation.stitching import StreamPlan, StreamTruth
from gesturelrcn.recordings.listing import Listing
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.system.environment import for_native_code
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.private_files import make_private


def write_streams(listing: Listing, folder: Path) -> Iterator[Path]:
    """Write every stitched stream of clips as lossless video with its truth beside; yields the videos.

    The video has one frame rate; where the clips had several, the lines {"t": ...} of the truth say when
    each frame really was.

    Raises:
        GestureLrcnError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise GestureLrcnError(f"{folder} cannot be made: {problem.strerror}.") from None
    for plan in plan_streams(listing):
        if plan.film is None:
            yield _write(plan, folder / f"{re.sub(r'[^A-Za-z0-9.()-]+', '_', plan.name)}.mkv")


def _write(plan: StreamPlan, path: Path) -> Path:
    truth = StreamTruth()
    times = [one.frame.captured_at for one in plan.play(StreamTruth())]
    fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 15.0
    video: cv2.VideoWriter | None = None
    for one in plan.play(truth):
        height, width = one.frame.image.shape[:2]
        if video is None:
            _made_private(path)
            with for_native_code(OPENCV_FFMPEG_LOGLEVEL="-8"):  # it says itself what goes wrong, on stderr
                video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), fps, (width, height))
            if not video.isOpened():
                raise GestureLrcnError(f"{path} cannot be written; is the disk full, or not yours?")
        video.write(one.frame.image)
    if video is not None:
        video.release()
    facts = {
        "video": path.name,
        "stream": plan.name,
        "subject": plan.subject,
        "fps": fps,
        "frames": len(times),
        "distance_m": plan.distance_m,
        "framing": plan.framing,
    }
    rows = [facts, *map(_gesture, truth.gestures), *({"t": round(at, 4)} for at in times)]
    _made_private(path.with_suffix(".jsonl"))
    path.with_suffix(".jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def _made_private(path: Path) -> None:
    try:
        make_private(path)
    except OSError as problem:
        raise GestureLrcnError(f"{path} cannot be written: {problem.strerror}.") from None


def _gesture(made: TrueGesture) -> dict[str, object]:
    row: dict[str, object] = {
        "gesture": made.gesture,
        "onset_s": round(made.onset, 3),
        "offset_s": round(made.offset, 3),
    }
    if not made.timed:
        row["timed"] = False
    if made.stroke_end == made.stroke_end:  # not NaN
        row["stroke_end_s"] = round(made.stroke_end, 3)
    return row
