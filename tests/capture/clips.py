"""Clips whose every picture carries its own number, so that a test sees which picture it was given."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np

from tests.mjpeg_server import Picture, with_number

HEIGHT, WIDTH = 120, 176
FOURCC = {".mp4": "mp4v", ".avi": "MJPG", ".mkv": "mp4v"}


def numbered_pictures(count: int) -> Iterator[Picture]:
    """Noise on the left half, grey on the right, the number in the top left corner."""
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH // 2, 3)).astype(np.uint8)
    for number in range(count):
        picture = np.full((HEIGHT, WIDTH, 3), 128, dtype=np.uint8)
        picture[:, : WIDTH // 2] = np.roll(noise, number, axis=0)
        yield with_number(picture, number)


def write_clip(path: Path, *, count: int = 40, fps: float = 20.0) -> Path:
    """A video file of numbered pictures; the suffix chooses container and codec."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*FOURCC[path.suffix]), fps, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for picture in numbered_pictures(count):
        writer.write(picture)
    writer.release()
    return path


def over_and_over(path: Path, pictures: Sequence[Picture], *, fps: int, times: int = 120) -> Path:
    """A film that outlasts all that a test waits for: pictures that are encoded once, again and again."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=fps)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.bit_rate = 2_000_000
        shown = [av.VideoFrame.from_ndarray(picture, format="bgr24") for picture in pictures]
        once = [packet for frame in (*shown, None) for packet in stream.encode(frame)]
        for number, packet in enumerate(once * times):
            again = av.Packet(bytes(packet))
            again.stream, again.time_base = stream, packet.time_base
            again.pts = again.dts = number
            again.is_keyframe = packet.is_keyframe
            film.mux(again)
    return path


def cut(path: Path, share: float) -> Path:
    """Throw away what comes after this share of the file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def with_an_unknown_codec(path: Path) -> Path:
    """Let the header of an .avi ask for a codec that nobody has."""
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"\x01\x02\x03\x04"))
    return path
