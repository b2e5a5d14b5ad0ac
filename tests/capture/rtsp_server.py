"""A network camera that speaks RTSP (RFC 2326) and sends JPEG over RTP (RFC 2435) in the same connection."""

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Iterable
from typing import BinaryIO

import cv2

from tests.mjpeg_server import Picture

_PACKET = 1400
_QUALITY_TABLES_FOLLOW = 255


class RtspServer:
    """Plays pictures at `fps` frames a second to one client after the other, each from the beginning.

    It sends over TCP only; a client that asks for UDP first gives up.
    """

    def __init__(self, frames: Iterable[Picture], fps: float) -> None:
        self._frames = frames
        self._fps = fps
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"rtsp://user:secret@127.0.0.1:{self._listener.getsockname()[1]}/camera"

    def __enter__(self) -> "RtspServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, self._client):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                self._client, _ = self._listener.accept()
            except OSError:  # closed
                return
            with self._client, contextlib.suppress(OSError):
                self._converse(self._client)

    def _converse(self, client: socket.socket) -> None:
        with client.makefile("rb") as requests:
            while lines := _request(requests):
                method = lines[0].split()[0]
                [sequence] = [
                    line.partition(":")[2].strip() for line in lines if line.lower().startswith("cseq")
                ]
                client.sendall(_answer(method, sequence))
                if method == "PLAY":
                    self._play(client)
                    return

    def _play(self, client: socket.socket) -> None:
        begin = time.monotonic()
        packets = 0
        for number, picture in enumerate(self._frames):
            time.sleep(max(0.0, begin + number / self._fps - time.monotonic()))
            for last, payload in _rtp_jpeg(picture):
                stamp = int(number / self._fps * 90_000)
                rtp = struct.pack("!BBHII", 0x80, 26 | last << 7, packets & 0xFFFF, stamp, 7) + payload
                client.sendall(struct.pack("!cBH", b"$", 0, len(rtp)) + rtp)
                packets += 1


def _request(requests: BinaryIO) -> list[str]:
    """The lines of one request; none when the client has gone."""
    lines: list[str] = []
    for line in requests:
        if line == b"\r\n":
            break
        lines.append(line.decode().strip())
    return lines


def _answer(method: str, sequence: str) -> bytes:
    body = ""
    head = [f"CSeq: {sequence}", "Session: 1"]
    if method == "OPTIONS":
        head.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
    elif method == "DESCRIBE":
        body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
        body += "m=video 0 RTP/AVP 26\r\na=control:video\r\n"
        head += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
    elif method == "SETUP":
        head.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    return ("RTSP/1.0 200 OK\r\n" + "\r\n".join(head) + "\r\n\r\n" + body).encode()


def _rtp_jpeg(picture: Picture) -> Iterable[tuple[bool, bytes]]:
    """The payloads of one picture, each with whether it is the last; RFC 2435, 4:2:0, tables in band."""
    sampling = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    jpeg = cv2.imencode(".jpg", picture, sampling)[1].tobytes()
    tables = b"".join(match[1] for match in re.finditer(rb"\xff\xdb\x00\x43[\x00\x01](.{64})", jpeg, re.S))
    assert len(tables) == 128
    scan = jpeg.index(b"\xff\xda")
    data = jpeg[scan + 2 + int.from_bytes(jpeg[scan + 2 : scan + 4], "big") : jpeg.rindex(b"\xff\xd9")]
    size = bytes([picture.shape[1] // 8, picture.shape[0] // 8])
    for offset in range(0, len(data), _PACKET):
        payload = b"\0" + offset.to_bytes(3, "big") + bytes([1, _QUALITY_TABLES_FOLLOW]) + size
        if offset == 0:
            payload += struct.pack("!BBH", 0, 0, len(tables)) + tables
        yield offset + _PACKET >= len(data), payload + data[offset : offset + _PACKET]
