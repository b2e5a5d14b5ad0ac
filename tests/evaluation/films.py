"""Small films and clips to measure on."""

import json
from itertools import takewhile

from PIL import Image

from gesturelrcn.capture import open_source
from gesturelrcn.evaluation import read_listing
from gesturelrcn.model import assets
from gesturelrcn.system.opencv import cv2
from tests.capture.clips import write_clip

SAMPLE = assets() / "sample.mp4"
FPS = 10.0


def pictures(begin, end):
    """Pictures of the synthetic person that ships with gesturelrcn, from `begin` to `end` seconds."""
    with open_source(SAMPLE) as source:
        until = takewhile(lambda frame: frame.captured_at < end, source)
        return [frame.image for frame in until if frame.captured_at >= begin]


def write_film(path, rows, count=None, fps=10.0):
    """A video file (empty without `count`) and its truth beside it."""
    path.parent.mkdir(exist_ok=True)
    path.touch()
    if count:
        write_clip(path, count=count, fps=fps)
    path.with_suffix(".jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def write_pictures(path, images, fps):
    """A video file of pictures; .gif too."""
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".gif":
        first, *more = (Image.fromarray(image[..., ::-1]) for image in images)
        first.save(path, save_all=True, append_images=more, duration=round(1000 / fps), loop=0)
        return path
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (width, height))
    for image in images:
        writer.write(image)
    writer.release()
    return path


def folder_of(tmp_path, rows, count=30, fps=FPS, suffix=".avi"):
    """Clips c0, c1 ... with lines (subject, gesture, distance, onset and more columns)."""
    tmp_path.mkdir(exist_ok=True)
    lines = ["path,subject,gesture,distance_m,onset_s,stroke_end_s,offset_s,activity"]
    for number, row in enumerate(rows):
        write_clip(tmp_path / f"c{number}{suffix}", count=count, fps=fps)
        lines.append(",".join([f"c{number}{suffix}", *map(str, row)]))
    (tmp_path / "index.csv").write_text("\n".join(lines) + "\n")
    return read_listing(tmp_path)
