"""The thing that takes pictures, and how one is opened."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gesturelrcn.capture.frame import Picture
from gesturelrcn.capture.motion_jpeg import JpegPicture
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.stuck_threads import leave_behind

logger = logging.getLogger(__name__)

_BREATH = 0.002
"""Seconds between two tries at a device that returns at once and without anything new."""


class Device(Protocol):
    """Takes pictures one after the other; `cv2.VideoCapture` is one. Any call may block for ever."""

    def grab(self) -> bool:
        """Wait for the next picture; False: there will be none any more."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """Whether the picture that was grabbed is whole, and that: uint8 BGR, BGRA or grey, or its file."""
        ...

    def release(self) -> None:
        """Let go of the device."""
        ...


OpenDevice = Callable[[], Device]
"""Opens the device; what cannot be opened grabs nothing, as with OpenCV."""


def open_camera(number: int, fps: float | None) -> Device:
    """Open a camera of this computer by its number, with OpenCV."""
    capture = cv2.VideoCapture(number)
    if fps and capture.isOpened():
        capture.set(cv2.CAP_PROP_FPS, fps)
    return capture


def refusal_of(number: int) -> str:
    """The sentence for a camera that cannot be opened or delivers no picture."""
    known = ""
    if sys.platform == "linux":
        cameras = sorted(path.name.removeprefix("video") for path in Path("/dev").glob("video*"))
        known = f" (the system has {', '.join(cameras) or 'none'})"
    return (
        f"Camera {number} cannot be opened{known}; check the number, the plug, "
        "the permission, and that no other program uses it."
    )


class DeviceReader:
    """Opens a device and reads it on a thread of its own, which can be left behind where it blocks.

    Attributes:
        started_at: seconds on the monotonic clock.
        grabbed_at: when the last picture was taken, or None.
        failure: what the device raised.
    """

    def __init__(
        self,
        open_device: OpenDevice,
        deliver: Callable[["DeviceReader", Picture, float], bool],
        ended: Callable[[], None],
    ) -> None:
        """Start reading.

        Args:
            open_device: opens the device, on the thread.
            deliver: takes the reader, a picture and when it was taken; False: nothing new in it.
            ended: called when nothing more comes.
        """
        self.started_at = time.monotonic()
        self.grabbed_at: float | None = None
        self.failure: Exception | None = None
        self._open = open_device
        self._deliver = deliver
        self._ended = ended
        self._left = threading.Event()
        # A daemon, because a read that hangs inside a driver must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="capture-reader", daemon=True)
        leave_behind(self._thread)  # the program may end while it opens a device that does not answer
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self._left.is_set()

    def leave(self) -> None:
        """Want nothing more of it: the thread ends and lets go of the device when its call returns."""
        self._left.set()

    def join(self, timeout: float) -> bool:
        """Whether the thread ended within `timeout` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # a plugged-in device may raise what it likes
            logger.debug("the device failed", exc_info=True)
            self.failure = error
        finally:
            self._left.set()
            self._ended()

    def _read(self) -> None:
        device = self._open()
        try:
            # OpenCV's isOpened() stays true after a loss; only a grab that fails tells.
            while not self._left.is_set() and device.grab():
                at = time.monotonic()
                whole, image = device.retrieve()
                if self._left.is_set():
                    return
                # One damaged picture is no loss of the camera.
                fresh = whole and image is not None and self._deliver(self, as_bgr(image), at)
                if whole:
                    self.grabbed_at = at
                if not fresh:  # some drivers return at once, for ever, once the plug is out
                    time.sleep(_BREATH)
        finally:
            device.release()


def as_bgr(image: Any) -> Picture:
    """The picture as (H, W, 3) uint8 BGR; some drivers deliver grey, 16 bits or an alpha channel.

    What will be decoded to that stays as it is.

    Raises:
        ValueError: no picture at all.
    """
    if isinstance(image, JpegPicture):
        return image
    image = np.asarray(image)
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or not image.size:
        raise ValueError(f"a picture of shape {image.shape} and type {image.dtype}")
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels == 3:
        return np.asarray(image, np.uint8)
    if channels == 1:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if channels == 4:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2BGR), np.uint8)
    raise ValueError(f"a picture of {channels} channels")
