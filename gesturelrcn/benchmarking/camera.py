"""A network camera whose every picture has a known time of publication: motion JPEG on 127.0.0.1.

Pictures are compressed beforehand, so that publishing takes next to no time. Each carries its place in the
list as black and white cells in its top left corner; a consumer reads it back, so that nothing has to be
guessed about which picture it was that decided.
"""

import bisect
import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Sequence
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.opencv import cv2

_CELL = 8
"""Pixels; a JPEG block, so that cells do not smear."""
BITS = 12
"""Of a number."""
_HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"

Picture = NDArray[np.uint8]


def numbered(image: Picture, number: int, bits: int = BITS) -> Picture:
    """A copy that carries `number`, 0 to 4095 (or what so many bits can say)."""
    cells = [1, 0, *((number >> place) & 1 for place in range(bits))]
    marked: Picture = image.copy()
    marked[:_CELL, : _CELL * len(cells)] = np.repeat(np.array(cells, np.uint8) * 255, _CELL)[None, :, None]
    return marked


def number_in(image: Picture, bits: int = BITS) -> int | None:
    """The number of so many bits that a picture carries, or None."""
    cells = image[_CELL // 2, _CELL // 2 : _CELL * (bits + 2) : _CELL].mean(axis=1) > 127
    if len(cells) < bits + 2 or not cells[0] or cells[1]:
        return None
    return sum(int(bit) << place for place, bit in enumerate(cells[2:]))


class NetworkCamera:
    """Shows pictures in a circle at an even pace, from the first connection on, to whoever connects.

    Attributes:
        published: (place in the list, seconds on the monotonic clock) of every picture, in order.
    """

    def __init__(self, pictures: Sequence[Picture], fps: float, *, quality: int = 90) -> None:
        """Args: pictures: at most 4096. fps: pictures a second. quality: of the JPEG files, 0 to 100."""
        self._jpegs = [
            cv2.imencode(".jpg", numbered(one, place), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
            for place, one in enumerate(pictures)
        ]
        self.published: list[tuple[int, float]] = []
        self._period = 1.0 / fps
        self._server = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self._watched = threading.Event()
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._accept, self._play)]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}/video.mjpg"

    def published_before(self, place: int, at: float) -> float | None:
        """When the picture at `place` was published last before `at`; seconds."""
        times = [when for which, when in self.published if which == place]
        earlier = bisect.bisect_right(times, at)
        return times[earlier - 1] if earlier else None

    def __enter__(self) -> "NetworkCamera":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._watched.set()
        # Closing alone would not wake a thread that waits in accept().
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for client in list(self._clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for client in self._clients:
            client.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._server.accept()
                client.settimeout(2.0)
                client.recv(4096)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.sendall(_HEAD)
            except OSError:
                continue
            self._clients.append(client)
            self._watched.set()

    def _play(self) -> None:
        self._watched.wait()
        due = time.monotonic()
        for place in itertools.cycle(range(len(self._jpegs))):
            if self._closing.wait(max(0.0, due - time.monotonic())):
                return
            due = max(due + self._period, time.monotonic())
            jpeg = self._jpegs[place]
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
            self.published.append((place, time.monotonic()))
            for client in list(self._clients):
                try:
                    client.sendall(head + jpeg + b"\r\n")
                except OSError:
                    self._clients.remove(client)
                    client.close()
