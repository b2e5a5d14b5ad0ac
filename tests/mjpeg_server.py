"""A network camera on 127.0.0.1: motion JPEG over HTTP (multipart/x-mixed-replace), fed at its real pace.

    with MjpegServer(itertools.cycle(pictures), fps=25) as server:
        source = open_source(server.url)

It can stall, drop its connections, and vanish and come back on the same port; repeat its picture, damage
what it sends, send it byte by byte, refuse, and take connections without a word. With `numbered=True` each
picture carries its number in the top left corner; `read_number` reads it back and `age_of` says how long ago
that picture was on air, which is the age of the frame that a consumer sees.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

import cv2

from gesturelrcn.benchmarking.camera import Picture, number_in, numbered

_BITS = 16
"""Of a number: at 30 frames a second they last for half an hour."""


def with_number(image: Picture, number: int) -> Picture:
    """A copy with `number` (below 65536) as a strip of black and white cells in the top left corner."""
    return numbered(image, number, _BITS)


def read_number(image: Picture) -> int | None:
    """The number in the corner of a picture, or None if there is none."""
    return number_in(image, _BITS)


class MjpegServer:
    """Plays pictures, (height, width, 3) uint8 BGR, at `fps` frames a second to whoever connects.

    The first connection starts the play, so that a test sees every picture; from then on it goes on like a
    camera, whether anyone watches or not. When the pictures run out, connections are closed; use
    `itertools.cycle` for a camera without end.

    Attributes:
        connections: how many were accepted so far.
        fps: frames a second from now on.
        damage: makes out of a JPEG what is sent in its place.
        refusing: answer new connections with "503 Service Unavailable".
        mute: take new connections and never say a word.
        trickle: seconds between two small pieces of a picture; 0 sends it at once.
        frozen: go on at the usual pace, with the last picture again and again.
        thaws: end `frozen` with the next connection, as a driver that has to be opened anew.
    """

    def __init__(
        self, frames: Iterable[Picture], fps: float, *, numbered: bool = False, port: int = 0
    ) -> None:
        self.connections = 0
        self.damage: Callable[[bytes], bytes] = bytes
        self.refusing = self.mute = self.frozen = self.thaws = False
        self.trickle = 0.0
        self._frames = frames
        self.fps = fps
        self._numbered = numbered
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self._clients: set[socket.socket] = set()
        self._news = threading.Condition()
        self._jpeg = b""
        self._aired: list[float] = []
        self._watched = self._stalled = self._ended = False
        self._player = threading.Thread(target=self._play, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/video.mjpg"

    def start(self) -> None:
        """Listen; again on the same port after stop()."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the port and every connection, as a camera whose plug is pulled."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        self.drop_connections()

    def cut_short(self) -> None:
        """End every connection in the midst of a picture."""
        self.damage = lambda jpeg: jpeg[: len(jpeg) // 3]
        time.sleep(2 / self.fps)
        self.drop_connections()
        self.damage = bytes

    def drop_connections(self) -> None:
        """Close every connection but go on listening."""
        with self._news:
            for client in self._clients:
                with contextlib.suppress(OSError):  # it may have hung up by itself
                    client.shutdown(socket.SHUT_RDWR)
            self._clients.clear()
            self._news.notify_all()

    def stall(self) -> None:
        """Send nothing more but keep the connections."""
        self._stalled = True

    def resume(self) -> None:
        """Send again, what is on air now."""
        with self._news:
            self._stalled = False
            self._news.notify_all()

    def age_of(self, image: Picture) -> float:
        """Seconds since this numbered picture was on air."""
        number = read_number(image)
        assert number is not None, "the picture carries no number; is the server numbered?"
        return time.monotonic() - self._aired[number]

    def __enter__(self) -> "MjpegServer":
        self.start()
        self._player.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        with self._news:
            self._ended = True
            self._news.notify_all()
        self._player.join()

    def _play(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._watched or self._ended)
        due = time.monotonic()
        for number, picture in enumerate(self._frames):
            image = with_number(picture, number) if self._numbered else picture
            jpeg = cv2.imencode(".jpg", image)[1].tobytes()
            with self._news:
                if self._news.wait_for(lambda: self._ended, due - time.monotonic()):
                    return
                due += 1 / self.fps
                if not self.frozen:
                    self._jpeg = jpeg
                self._aired.append(time.monotonic())
                self._news.notify_all()
        with self._news:  # the last picture is on air for its time, too
            self._news.wait_for(lambda: self._ended, 1 / self.fps)
            self._ended = True
            self._news.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._serve(self)

            def log_message(self, *_: object) -> None:
                """Say nothing on stderr."""

        return Handler

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        client = request.connection
        with self._news:
            self.connections += 1
            self._clients.add(client)
            self._watched = True
            self._news.notify_all()
            if self.thaws:
                self.frozen = self.thaws = False
        try:
            if self.refusing:
                request.send_error(503)
                return
            if self.mute:
                with self._news:
                    self._news.wait_for(lambda: self._ended or client not in self._clients)
                return
            request.send_response(200)
            request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            request.end_headers()
            sent = 0
            while (jpeg_and_count := self._next_jpeg(client, sent)) is not None:
                jpeg, sent = jpeg_and_count
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self._send(request.wfile, head.encode() + self.damage(jpeg) + b"\r\n")
        except OSError:  # the client has gone
            pass
        finally:
            with self._news:
                self._clients.discard(client)

    def _send(self, wire: BinaryIO, content: bytes) -> None:
        while self.trickle and content:
            wire.write(content[:64])
            content = content[64:]
            time.sleep(self.trickle)
        wire.write(content)

    def _next_jpeg(self, client: socket.socket, sent: int) -> tuple[bytes, int] | None:
        """The picture on air once it is another than number `sent`; None when this client is done."""
        with self._news:
            self._news.wait_for(
                lambda: (
                    self._ended
                    or client not in self._clients
                    or (len(self._aired) > sent and not self._stalled)
                )
            )
            if self._ended or client not in self._clients:
                return None
            return self._jpeg, len(self._aired)
