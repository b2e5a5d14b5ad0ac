"""A camera at the other end of a named pipe, read by OpenCV: a native read that nothing can interrupt."""

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2

from gesturelrcn.capture import Device, LiveSource
from tests.faults.stage import FPS, Scene, Watching, watching

_COMMENT = b"\xff\xfe\xff\xff" + bytes(65533)
"""A JPEG comment: FFmpeg reads a megabyte of a pipe before it believes that it is open."""


class PipeCamera:
    """Writes motion JPEG into a named pipe."""

    def __init__(self, folder: Path, scene: Scene) -> None:
        self._folder = folder
        self._scene = scene
        self._number = 0
        self._stop = threading.Event()
        self.writing = threading.Event()
        self.opened = 0
        self._threads: list[threading.Thread] = []
        self._new_pipe()

    def _new_pipe(self) -> None:
        self._number += 1
        self.path = self._folder / f"camera-{self._number}.mjpg"
        os.mkfifo(self.path)
        self.writing.set()
        thread = threading.Thread(target=self._write, args=(self.path,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _write(self, path: Path) -> None:
        with contextlib.suppress(OSError), path.open("wb", buffering=0) as pipe:
            due = time.monotonic()
            while not self._stop.is_set():
                if path == self.path and self.writing.is_set():
                    jpeg = cv2.imencode(".jpg", self._scene.picture())[1].tobytes()
                    pipe.write(jpeg[:2] + _COMMENT + jpeg[2:])
                due += 1 / FPS
                time.sleep(max(0.0, due - time.monotonic()))

    def open(self) -> Device:
        """OpenCV's own reader on the pipe of the moment."""
        self.opened += 1
        return cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)

    def block(self) -> None:
        """Write no more, but keep the pipe open: its reader waits for ever."""
        self.writing.clear()

    def serve_again(self, watch: Watching) -> float:
        """A new pipe for the next who opens; returns when it was opened."""
        before = self.opened
        self._new_pipe()
        return watch.until(lambda: self.opened > before, "the pipe is opened anew")

    def close(self) -> None:
        """Let every reader go."""
        self._stop.set()
        for thread in self._threads:
            thread.join(1)


@contextlib.contextmanager
def fifo_camera() -> Iterator[tuple[PipeCamera, Watching]]:
    """A pipe camera and a stream that watches it, with a gesture that is being held."""
    scene = Scene()
    with tempfile.TemporaryDirectory() as folder:
        camera = PipeCamera(Path(folder), scene)
        try:
            with watching(LiveSource("the pipe", open_device=camera.open), scene) as watch:
                watch.frames_come(0.0)
                watch.held()
                time.sleep(0.3)
                yield camera, watch
        finally:
            camera.close()
