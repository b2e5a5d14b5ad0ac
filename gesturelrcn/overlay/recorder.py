"""Records pictures as H.264 in MP4 on a thread of its own: no frame waits for the encoder or the disk."""

import logging
import os
import queue
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.display import even, fitted
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.private_files import open_new_private
from gesturelrcn.system.stuck_threads import leave_behind

logger = logging.getLogger(__name__)

MOST_WAITING = 16
"""Pictures that may wait for the encoder: half a second of most cameras."""
LONGEST_GAP = 5.0
"""Seconds; where nothing was seen for longer, the film stands still for no more than this."""
CLOSE_TIMEOUT = 10.0
"""Seconds that close() gives the encoder and the disk."""

_TICKS = 90_000
"""A second in the film's own unit of time."""
_ENCODING = {
    # The key frames, one a second or two, are where a player can start.
    **{"preset": "veryfast", "crf": "23", "g": "40", "threads": "1"},
    # No frame is held back, so that a killed program loses as little as possible.
    "tune": "zerolatency",
}
_MUXING = {"movflags": "hybrid_fragmented"}
"""Whole up to the last key frame while it is written, and an ordinary MP4 once it is closed."""

Picture = NDArray[np.uint8]


class RecordingError(GestureLrcnError):
    """A recording cannot be begun, or could not be written to its end."""


class Recorder:
    """Writes a film that only its user can read; it plays in browsers.

    The file appears with the first picture and is whole after `close`, however the program ends; after
    kill -9 it lacks the last one or two seconds. Pictures may be of any size and come at any rate.

    Examples:
        >>> with Recorder(Path("out.mp4")) as recorder:           # doctest: +SKIP
        ...     recorder.put(frame.captured_at, lambda: overlay.draw(frame, observation))
    """

    def __init__(self, path: Path, *, warns: bool = True) -> None:
        """Set up the recording.

        Args:
            path: a file that is not there yet, ending in .mp4.
            warns: the log tells at once what cannot be written, and at the end what was left out; otherwise
                that is left to the caller.

        Raises:
            RecordingError: it is there, cannot be made there, or is no .mp4.
        """
        _refuse_early(path)
        self._film = _Film(path)
        self._path = path
        self._warns = warns
        self._waiting: queue.Queue[tuple[float, Callable[[], Picture]] | None] = queue.Queue(MOST_WAITING)
        self._failure: BaseException | None = None
        self._closed = False
        self.seen = 0
        self.left_out = 0
        self._thread = threading.Thread(target=self._work, name="gesturelrcn-recorder", daemon=True)
        self._thread.start()

    def put(self, at: float, picture: Callable[[], Picture], *, wait: bool = False) -> None:
        """Record a picture. Does nothing after `close`, or once the disk is full.

        Args:
            at: seconds, rising; when it is shown.
            picture: makes the (H, W, 3) uint8 BGR picture, on the recorder's thread.
            wait: where the encoder does not keep up, wait for it; else the picture is left out.
        """
        if self._closed or self._failure is not None:
            return
        self.seen += 1
        try:
            self._waiting.put((at, picture), block=wait)
        except queue.Full:
            self.left_out += 1

    def close(self) -> None:
        """Write what waits and finish the file. Closing twice is harmless.

        Raises:
            RecordingError: the disk is full, for example; what was written before can be played.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._waiting.put(None, timeout=CLOSE_TIMEOUT)
            self._thread.join(CLOSE_TIMEOUT)
        except queue.Full:
            pass
        if self._thread.is_alive():
            leave_behind(self._thread)
            raise RecordingError(
                f"{self._path}: the disk does not answer; the film's last seconds are missing."
            )
        if self._failure is not None:
            raise RecordingError(
                f"{self._path}: the film could not be written to its end ({_reason(self._failure)});"
                " make room or choose another folder."
            ) from self._failure
        if self.left_out and self._warns:
            logger.warning(
                "%s: %d of %d frames were left out because the machine was busy",
                *(self._path, self.left_out, self.seen),
            )

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except RecordingError as second:
            if error is None:
                raise
            logger.warning("%s", second)

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None:
            if self._failure is None:  # else what still comes is thrown away, so that nobody waits
                self._attempt(lambda at, picture: self._film.add(at, picture()), *task)
        self._attempt(self._film.close)

    def _attempt(self, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception as error:  # a full disk must not end the session that is recorded
            if self._failure is None and self._warns:
                logger.warning("%s: the recording has ended: %s", self._path, _reason(error))
                logger.debug("recording", exc_info=True)
            self._failure = self._failure or error


class _Film:
    """The file; all calls from one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None
        self._container: Any = None
        self._stream: Any = None
        self._last_at = 0.0
        self._now = 0.0

    def add(self, at: float, picture: Picture) -> None:
        import av

        if self._container is None:
            self._open(picture)
        else:
            # A source that began again, or was away, is no reason for a film that stands still for hours.
            step = at - self._last_at
            self._now += min(step, LONGEST_GAP) if step > 0 else 1 / 30
        self._last_at = at
        image = fitted(picture, (self._stream.width, self._stream.height))
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        frame.pts, frame.time_base = round(self._now * _TICKS), Fraction(1, _TICKS)
        self._container.mux(self._stream.encode(frame))
        self._file.flush()  # what Python's own buffer holds would be lost with the program

    def _open(self, picture: Picture) -> None:
        import av

        self._file = open_new_private(self._path)
        self._container = av.open(self._file, "w", format="mp4", options=_MUXING)
        self._stream = self._container.add_stream("libx264", rate=30, options=dict(_ENCODING))
        self._stream.height, self._stream.width = even(picture).shape[:2]
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, _TICKS)

    def close(self) -> None:
        if self._file is None:
            return
        try:
            self._container.mux(self._stream.encode())
            self._container.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()


def _refuse_early(path: Path) -> None:
    folder = path.parent
    if path.suffix.lower() != ".mp4":
        raise RecordingError(f"{path}: recordings are MP4 films; give a name that ends in .mp4.")
    if not folder.is_dir():
        raise RecordingError(f"{path}: there is no folder {folder}; make it first, or choose another.")
    if path.exists() or path.is_symlink():
        raise RecordingError(f"{path}: this file is there already; give another name, or remove it.")
    if not os.access(folder, os.W_OK):
        raise RecordingError(f"{path}: you may not write into the folder {folder}; choose another.")


def _reason(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
