"""What a source of frames is, and how one is opened from the word that names it."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol

from gesturelrcn.capture.address import StreamAddress, is_address
from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.live import LiveSource
from gesturelrcn.capture.pictures import decode_pictures
from gesturelrcn.capture.recording import Recording
from gesturelrcn.capture.video import decode_video
from gesturelrcn.errors import CaptureError
from gesturelrcn.system.secrets import without_secrets


class Source(Protocol):
    """Anything that delivers frames: iterate over it, close it."""

    @property
    def name(self) -> str:
        """For messages."""

    @property
    def live(self) -> bool:
        """True: frames come when they come, on the monotonic clock. False: every frame, in media time."""

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """End the iteration and let go of the device."""

    def __enter__(self) -> "Source": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def parse_source(spec: int | str | Path | StreamAddress) -> int | StreamAddress | Path:
    """What a source word names: the number of a camera ("0", "/dev/video0"), an address, or a path.

    An address begins with http://, https:// or rtsp:// and becomes a type that does not show its password. To
    name a file called "0", write "./0".

    Raises:
        CaptureError: the word is empty, the number negative, or the address none.
    """
    if isinstance(spec, Path | StreamAddress):
        return spec
    word = str(spec).strip()
    if not word:
        raise CaptureError("The source is empty; give a camera number, a file, a folder or an address.")
    if isinstance(spec, int) and spec < 0:
        raise CaptureError(f"There is no camera {spec}; cameras are numbered from 0.")
    if camera := re.fullmatch(r"(?:/dev/video)?([0-9]+)", word):
        return int(camera[1])
    if is_address(word):
        return StreamAddress(word)
    return Path(word).expanduser()


def open_source(
    spec: int | str | Path | StreamAddress,
    *,
    mirrored: bool = False,
    fps: float | None = None,
    realtime: bool = False,
    open_timeout: float | None = None,
) -> Source:
    """Open a camera, a network stream, a video file or a folder of pictures.

    Args:
        spec: see `parse_source`.
        mirrored: the source delivers mirrored pictures (many cameras and meeting programs do); they
            are flipped here, once, so that the user's right hand is at the left of the picture.
        fps: frames a second. A folder has 15 if nothing is said; a video file follows its own time
            stamps if nothing is said; a camera is asked for it; a stream ignores it.
        realtime: deliver the frames of a file or folder at the pace at which they were taken.
        open_timeout: seconds in which a network stream must answer; default 4.

    Raises:
        CaptureError: it cannot be opened, or holds no picture that can be decoded.

    Examples:
        >>> with open_source("holiday.mp4") as source:          # doctest: +SKIP
        ...     for frame in source:
        ...         print(frame.index, frame.media_time, frame.image.shape)
    """
    if fps is not None and not fps > 0:
        raise CaptureError(f"The frame rate must be above 0 frames a second, not {fps:g}.")
    if open_timeout is not None and not 0 < open_timeout <= 3600:
        raise CaptureError(f"A time to open of {open_timeout:g} s is none; give more than 0, at most 3600.")
    place = parse_source(spec)
    if not isinstance(place, Path):
        return LiveSource(place, mirrored=mirrored, fps=fps, open_timeout=open_timeout)
    if place.is_dir():
        return Recording(
            str(place), partial(decode_pictures, place, fps=fps), mirrored=mirrored, realtime=realtime
        )
    if place.is_file():
        return Recording(
            str(place), partial(decode_video, place, fps=fps), mirrored=mirrored, realtime=realtime
        )
    if place.exists():
        raise CaptureError(f"{place} is neither a video file nor a folder of pictures.")
    raise CaptureError(
        f"There is no file or folder {without_secrets(str(spec))}; check the path, or give a camera number or"
        " an address."
    )
