"""Cameras and network streams."""

from collections.abc import Iterator
from functools import partial
from types import TracebackType

from gesturelrcn.capture.address import StreamAddress
from gesturelrcn.capture.device import OpenDevice, open_camera, refusal_of
from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.network_stream import OPEN_TIMEOUT, NetworkStream
from gesturelrcn.capture.newest import NewestFrame
from gesturelrcn.capture.states import SourceState
from gesturelrcn.capture.supervisor import Listener, Supervisor
from gesturelrcn.errors import CaptureError
from gesturelrcn.system.secrets import without_secrets

FIRST_FRAME_TIMEOUT = 10.0
"""Seconds from opening a camera to its first frame; some take several to wake."""
FIRST_PICTURE = 1.0
"""Seconds that a network stream has for its first picture once it has answered."""
CLOSE_TIMEOUT = 0.2
"""Seconds that close() waits for a read in progress before it leaves the thread behind."""
_LOOK_UP = 0.25
"""Seconds; how often a waiting iteration looks up, so that Ctrl-C is never far."""


class LiveSource:
    """A camera or a network stream: the newest frame only, watched, and opened again when it is lost.

    It ends only by `close()`. An address is always taken as live, also that of a video file on a web
    server, which would start again and again; download such a file and play it as a recording.

    Args:
        address: number of a camera, or an address that begins with http://, https:// or rtsp://. One that
            gives a single picture each time is asked again and again.
        mirrored: the pictures are mirrored; flip them back.
        fps: frames a second to ask of a camera; not every driver listens. Streams have their own.
        open_timeout: seconds in which a network stream must answer; default 4.
        open_device: opens the device instead of OpenCV; for cameras that OpenCV does not know. Then
            `address` is only its name.

    Raises:
        CaptureError: it cannot be opened, or opens and delivers no picture.
    """

    live = True

    def __init__(
        self,
        address: int | str | StreamAddress,
        *,
        mirrored: bool = False,
        fps: float | None = None,
        open_timeout: float | None = None,
        open_device: OpenDevice | None = None,
    ) -> None:
        if isinstance(address, str) and open_device is None:
            address = StreamAddress(address)
        self.name = f"camera {address}" if isinstance(address, int) else without_secrets(str(address))
        refusal, patience = f"{self.name} delivers no picture.", FIRST_FRAME_TIMEOUT
        if open_device is None:
            if isinstance(address, int):
                open_device, refusal = partial(open_camera, address, fps), refusal_of(address)
            elif isinstance(address, StreamAddress):
                limit = OPEN_TIMEOUT if open_timeout is None else open_timeout
                open_device = partial(NetworkStream, address, limit)
                refusal = f"The stream {self.name} does not answer or carries no video."
                patience = limit + FIRST_PICTURE
        assert open_device is not None
        self._newest = NewestFrame()
        self._supervisor = Supervisor(
            self.name,
            open_device,
            refusal,
            self._newest,
            mirrored=mirrored,
            first_picture=patience,
        )
        try:
            if not self._newest.wait_for_first(patience):
                raise CaptureError(refusal)
        except BaseException:
            self.close()
            raise

    def newest(self, timeout: float) -> Frame | None:
        """The newest frame, each at most once; None if none came in `timeout` seconds or after close()."""
        return self._newest.take(timeout)

    def newest_unless_silent(self, timeout: float) -> Frame | None:
        """As `newest`, but None at once, and once, each time that the source stalls or is lost."""
        return self._newest.take_unless_interrupted(timeout)

    def __iter__(self) -> Iterator[Frame]:
        while not self._newest.closed:
            frame = self.newest(_LOOK_UP)
            if frame is not None:
                yield frame

    @property
    def state(self) -> SourceState:
        """What the source is doing."""
        return self._supervisor.state or SourceState.LIVE  # its first frame is there

    def on_change(self, listener: Listener) -> None:
        """Call `listener` with each change of the state, and now with the last one.

        It is called on a thread of the source and must come back at once.
        """
        self._supervisor.add_listener(listener)

    @property
    def silences(self) -> int:
        """How often it has stalled or was lost so far."""
        return self._newest.interruptions

    @property
    def patience(self) -> float:
        """Seconds without a new picture after which the source counts as stalled; follows its own rate."""
        return self._supervisor.patience

    @property
    def frames_dropped(self) -> int:
        """Frames that were replaced by a newer one before anyone asked for them."""
        return self._newest.frames_dropped

    @property
    def frame_age(self) -> float | None:
        """Seconds since the newest frame was captured; grows while a source is stalled or lost."""
        return self._newest.age

    def close(self) -> None:
        """End every iteration and let go of the camera; from any thread.

        Comes back within 0.5 s; a read that hangs is left behind.
        """
        if not self._newest.closed:
            self._newest.close()
            self._supervisor.close(CLOSE_TIMEOUT)

    def __enter__(self) -> "LiveSource":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
