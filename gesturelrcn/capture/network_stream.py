"""Network cameras, through PyAV: motion JPEG over HTTP, RTSP, and addresses of single pictures."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from gesturelrcn.capture.address import StreamAddress
from gesturelrcn.capture.container import open_container
from gesturelrcn.capture.display import Display, shown_stream
from gesturelrcn.capture.frame import Picture
from gesturelrcn.capture.motion_jpeg import CAN_WAIT, JpegDecoder, JpegPicture
from gesturelrcn.errors import CaptureError

logger = logging.getLogger(__name__)

OPEN_TIMEOUT = 4.0
"""Seconds in which a network stream must answer."""
READ_TIMEOUT = 3.0
"""Seconds without data after which a network stream is given up."""
LATE = 1.0
"""Seconds by which a picture may be late, against the one that came soonest; more is told, and left out."""
HOPELESS = 5.0
"""Seconds after which the connection is given up, for what waits in it is old."""
_DRIFT = 0.001
"""Seconds in a second by which the camera's clock may go wrong."""
_OPTIONS = {
    # Nothing is gathered to learn the rate: pictures are wanted at once.
    **{"fpsprobesize": "0", "analyzeduration": "500000"},
    # UDP loses packets and stops at firewalls.
    "rtsp_flags": "prefer_tcp",
}
_SINGLE_PICTURES = frozenset({"image2", "jpeg_pipe", "png_pipe", "bmp_pipe", "webp_pipe"})
_POLLED_EVERY = 0.05
"""Seconds between two questions for single pictures, at least."""
_STAND_ALONE = frozenset({"mjpeg", "png", "bmp", "webp"})
"""Codecs that need no picture of before."""
_STAMPED = frozenset({"rtsp", "mpegts", "flv"})
"""Formats whose stamps are the camera's. FFmpeg invents those of motion JPEG over HTTP."""
_AT_ONCE = 0.002
"""Seconds; a packet that came sooner was there already."""
_MOST_LEFT_OUT = 30
"""Packets that are left out in one go, so that a camera that is faster than we are is seen at all."""


class NetworkStream:
    """One connection to a network camera. A `Device`.

    Raises:
        CaptureError: it does not answer, refuses, or carries no video; the sentence shows no password.
    """

    def __init__(self, address: StreamAddress, open_timeout: float = OPEN_TIMEOUT) -> None:
        self._address = address
        self._open_timeout = open_timeout
        self._asked_at = 0.0
        self._packet: Any = None
        self._decoder = JpegDecoder()
        self._open()

    def _open(self) -> None:
        self._asked_at = time.monotonic()
        self._container = _opened(self._address, self._open_timeout)
        self._stream = shown_stream(self._container)
        if self._stream is None:
            self._container.close()
            raise CaptureError(
                f"{self._address} answers, but carries no video that can be decoded; check the address."
            )
        # Frames of several threads would come later.
        self._stream.thread_type = "SLICE"
        self._needs_the_others = self._stream.codec_context.name not in _STAND_ALONE
        self._lag = Lag(stamped=self._container.format.name in _STAMPED)
        self._single = not _SINGLE_PICTURES.isdisjoint(self._container.format.name.split(","))
        self._display = Display(self._stream.sample_aspect_ratio)
        self._packets: Iterator[Any] = self._container.demux(self._stream)

    def grab(self) -> bool:
        """See `Device`."""
        import av

        try:
            self._packet = self._next()
            if self._packet is None and self._single:
                self._ask_again()
                self._packet = self._next()
        except (av.error.FFmpegError, OSError, ValueError):
            return False
        return self._packet is not None

    def _next(self) -> Any:
        """The newest packet there is, or the next one; None at the end."""
        for _ in range(_MOST_LEFT_OUT):
            began = time.monotonic()
            packet = next(self._packets, None)
            if packet is None or not packet.size:
                return None
            now = time.monotonic()
            self._lag.add(packet, now)
            # What comes without our waiting has waited for us. Each of these pictures stands for itself, so
            # the old ones need not even be decoded.
            if self._needs_the_others or self._single or now - began > _AT_ONCE:
                break
        return packet

    def _ask_again(self) -> None:
        time.sleep(max(0.0, self._asked_at + _POLLED_EVERY - time.monotonic()))
        self._container.close()
        self._open()

    def retrieve(self) -> tuple[bool, Picture | None]:
        """See `Device`."""
        import av

        if CAN_WAIT and self._stream.codec_context.name == "mjpeg":
            return self._file()
        try:
            frames = self._stream.codec_context.decode(self._packet)
        except (av.error.FFmpegError, ValueError):
            return False, None
        if not frames or self._lag.is_late(str(self._address)):
            return False, None
        return True, self._display.picture(frames[-1])

    def _file(self) -> tuple[bool, Picture | None]:
        if self._lag.is_late(str(self._address)):
            return False, None
        try:
            return True, JpegPicture(np.frombuffer(bytes(self._packet), np.uint8), self._decoder)
        except ValueError:
            return False, None

    def release(self) -> None:
        """See `Device`."""
        self._container.close()


class Lag:
    """How late pictures come, by the stamps of the camera itself."""

    def __init__(self, *, stamped: bool) -> None:
        """Args: stamped: the stamps are those of the camera; else nothing is known."""
        self._stamped = stamped
        self._soonest: float | None = None
        self._asked_at = 0.0
        self._told = False
        self.seconds = 0.0

    def add(self, packet: Any, now: float) -> None:
        """A packet (`av.Packet`) came at `now` seconds."""
        if not self._stamped or packet.pts is None:
            return
        self.see(float(packet.pts * packet.time_base), now)

    def see(self, stamp: float, now: float) -> None:
        """A picture that was taken at `stamp`, by the camera's clock, came at `now`."""
        delay = now - stamp
        soonest = delay if self._soonest is None else self._soonest + _DRIFT * (now - self._asked_at)
        self._soonest, self._asked_at = min(delay, soonest), now
        self.seconds = delay - self._soonest

    def is_late(self, name: str) -> bool:
        """Whether the last picture is too old to be shown; told once, until they are in time again.

        Raises:
            CaptureError: there is no catching up; open it anew.
        """
        if self.seconds <= LATE:
            self._told = self._told and self.seconds > LATE / 2
            return False
        if not self._told:
            logger.warning("%s: pictures come %.1f s late; what waits is left out", name, self.seconds)
            self._told = True
        if self.seconds > HOPELESS:
            raise CaptureError(f"pictures come {self.seconds:.1f} s late")
        return True


def _opened(address: StreamAddress, timeout: float) -> Any:
    import av

    def tried(**more: Any) -> Any:
        return open_container(
            address.reveal(),
            options=dict(_OPTIONS),
            timeout=(timeout, READ_TIMEOUT),
            **more,
        )

    try:
        try:
            return tried()
        except av.error.InvalidDataError:
            if not address.is_http:
                raise
            # Pictures without a boundary before the first, or without any.
            return tried(format="mjpeg")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        # Not from the error: it quotes the address, with its password.
        raise CaptureError(_refusal(address, error, timeout)) from None


def _refusal(address: StreamAddress, error: Exception, timeout: float) -> str:
    import av

    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return (
            f"{address} refuses the user or the password: they stand in the address before the name of the"
            " camera, as user:password@camera."
        )
    if isinstance(error, av.error.HTTPNotFoundError):
        return f"{address}: the camera answers, but has no such page; look for the address of its video."
    if isinstance(error, av.error.HTTPServerError | av.error.HTTPClientError):
        return f"{address}: the camera answers with an error; try again, or look whether others watch it."
    if isinstance(error, av.error.ExitError | TimeoutError):
        return (
            f"The stream {address} does not answer or carries no video within {timeout:g} s; check the"
            " address and the network, or give a slow camera more time with --open-timeout."
        )
    return f"The stream {address} does not answer or carries no video; check the address and the network."
