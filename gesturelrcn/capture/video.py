"""Video files, decoded by PyAV: what a player shows, when it shows it."""

import logging
import math
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from gesturelrcn.capture.container import open_container
from gesturelrcn.capture.display import Display, shown_stream
from gesturelrcn.capture.recording import Decoded
from gesturelrcn.capture.stamps import media_times
from gesturelrcn.capture.torn import asf_seconds, ends_early
from gesturelrcn.errors import CaptureError

logger = logging.getLogger(__name__)

_FPS_UNKNOWN = 30.0
_POSSIBLE_FPS = (0.01, 1000.0)
"""Rates outside are no rates; they only matter where a container has no stamps."""
_PROMISING = frozenset({"mov", "matroska", "avi", "asf", "flv", "mxf"})
"""Formats whose header says how long the film is; others let FFmpeg estimate it from what is there."""
_ROUNDING = 0.3
"""Seconds by which a header may promise too much,"""
_ROUNDING_PERIODS = 3
"""or so many pictures."""
_MICROSECOND = Fraction(1, 1_000_000)


def decode_video(path: Path, *, fps: float | None = None) -> Generator[Decoded, None, str]:
    """The pictures of a video file, in order, as a player shows them; returns why it breaks off, or "".

    They are turned and mirrored as the file says, and their pixels made square. Media time is 0 where a
    player begins and follows the container's stamps (`gesturelrcn.capture.stamps`); if `fps` (frames a
    second) is given, it alone counts. What cannot be decoded is left out.

    Raises:
        CaptureError: the file is missing, empty, or no frame in it can be decoded.
    """
    with _opened(path) as container:
        film = _Film(container, path)
        frames = film.frames()
        times = (
            ((number / fps, frame) for number, (_, frame) in enumerate(frames))
            if fps
            else media_times(frames, film.period)
        )
        display = Display(film.pixel)
        index = -1
        with closing(frames):
            for index, (at, frame) in enumerate(times):
                yield index, at, display.picture(frame)
        if index < 0:
            raise _undecodable(path)
        missing = film.missing(at)
    if missing:
        logger.warning("%s %s", path, missing)
    return missing


@dataclass(frozen=True)
class FilmFacts:
    """What the header of a video says.

    Attributes:
        seconds: how long it is; None where it does not say.
        fps: frames a second, on average; None where it does not say.
    """

    seconds: float | None
    fps: float | None


def film_facts(path: Path) -> FilmFacts:
    """What the header of a video file says; that its pictures can be decoded is not looked at.

    Raises:
        CaptureError: the file is missing, empty or no video.
    """
    with _opened(path) as container:
        duration = container.duration
        seconds = float(duration * _MICROSECOND) if duration and duration > 0 else None
        return FilmFacts(seconds, _rate(shown_stream(container)))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The container of a film that has a video stream."""
    import av

    try:
        # A file and not its name: FFmpeg takes "concat:a" for a protocol, and not every name is text.
        with path.open("rb") as file:
            if not file.read(1):
                raise CaptureError(f"The video {path} is empty (0 bytes); copy or record it again.")
            file.seek(0)
            try:
                container = open_container(file)
            except (av.error.FFmpegError, ValueError, MemoryError):
                raise _undecodable(path) from None
            with container:
                if shown_stream(container) is None:
                    raise _undecodable(path)
                yield container
    except OSError as error:
        raise CaptureError(f"The video {path} cannot be opened: {error.strerror}.") from error


def _undecodable(path: Path) -> CaptureError:
    return CaptureError(
        f"No picture can be decoded from {path}: it is not a video, or it is damaged; "
        "play it in a video player to see which."
    )


def _rate(stream: Any) -> float | None:
    """Frames a second, on average."""
    slowest, fastest = _POSSIBLE_FPS
    possible = (rate for rate in (stream.average_rate, stream.guessed_rate) if rate is not None)
    return next((float(rate) for rate in possible if slowest <= rate <= fastest), None)


class _Film:
    """One pass through a container."""

    def __init__(self, container: Any, path: Path) -> None:
        """Args: container: just opened. path: its file."""
        self._container = container
        self._path = path
        self._stream = shown_stream(container)
        # Several threads cost more time of the processor than they save, and hide damage.
        self._stream.codec_context.thread_count = 1
        self.period = 1.0 / (_rate(self._stream) or _FPS_UNKNOWN)
        self._start = (container.start_time or 0) * _MICROSECOND
        self._reached: Fraction | float = -math.inf
        self._torn_packets: dict[int, bool] = {}
        self._last_picture: int | None = None
        self._torn_pictures: set[int | None] = set()
        self._torn_frame = False

    @property
    def pixel(self) -> Fraction | None:
        """Width of a pixel by its height."""
        pixel: Fraction | None = self._stream.sample_aspect_ratio
        return pixel

    def frames(self) -> Generator[tuple[float | None, Any], None, None]:
        """Every frame that can be decoded, and its stamp in seconds from where a player begins."""
        import av

        packets = self._container.demux()
        flushed = False
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, ValueError):  # damaged from here on
                packet = None
            if packet is None:
                break
            self._look_at(packet)
            if packet.stream is self._stream:
                flushed = not packet.size
                yield from self._decoded(packet)
        if not flushed:
            yield from self._decoded(None)

    def _decoded(self, packet: Any) -> Iterator[tuple[float | None, Any]]:
        import av

        try:
            frames = self._stream.codec_context.decode(packet)
        except (av.error.FFmpegError, ValueError):  # one damaged picture is not the end of the film
            return
        for frame in frames:
            self._torn_frame = frame.is_corrupt
            if frame.is_corrupt:
                self._torn_pictures.add(frame.pts)
            stamp = frame.dts if frame.pts is None else frame.pts
            if stamp is None:
                yield None, frame
            else:
                yield float(stamp * (frame.time_base or self._stream.time_base) - self._start), frame

    def _look_at(self, packet: Any) -> None:
        """Take in how far the file goes; the last packet of each stream says whether it is torn."""
        if not packet.size:
            return
        self._torn_packets[packet.stream_index] = packet.is_corrupt
        if packet.stream is self._stream:
            self._last_picture = packet.pts
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is not None and packet.time_base is not None:
            self._reached = max(self._reached, (stamp + (packet.duration or 0)) * packet.time_base)

    def missing(self, last: float) -> str:
        """Where the film breaks off, whose last picture came at `last` seconds; "" for a whole one."""
        promised = self._promised()
        there = f"breaks off after {last + self.period:.1f} s"
        rounding = max(_ROUNDING, _ROUNDING_PERIODS * self.period)
        if promised is not None and promised - self._reached > rounding:
            return f"{there} of {float(promised - self._start):.1f} s"
        return there if self._is_torn() else ""

    def _is_torn(self) -> bool:
        """Whether the end itself is damaged: all that tells where the format promises nothing."""
        # Pictures that were coded before the last one may be shown after it.
        is_torn_picture = self._last_picture is not None and self._last_picture in self._torn_pictures
        return (
            self._torn_frame
            or is_torn_picture
            or any(self._torn_packets.values())
            or ends_early(self._path, self._container.format.name)
        )

    def _promised(self) -> Fraction | None:
        """The stamp at which the header says that the film ends."""
        formats = self._container.format.name.split(",")
        if _PROMISING.isdisjoint(formats):
            return None
        stream, duration = self._stream, self._container.duration
        if "avi" in formats and stream.frames:  # its duration is guessed anew where the index is missing
            return Fraction(stream.frames / stream.average_rate)
        if stream.duration:
            return Fraction((stream.duration + (stream.start_time or 0)) * stream.time_base)
        if not duration or duration < 0:
            return asf_seconds(self._path) if "asf" in formats else None
        # Matroska counts from 0, whatever the first stamp is.
        return Fraction(duration * _MICROSECOND) + (0 if "matroska" in formats else self._start)
