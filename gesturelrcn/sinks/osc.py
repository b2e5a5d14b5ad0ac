"""Open Sound Control: one message an event, over UDP, for music, light and theatre programs."""

import logging
import re
import socket
from types import TracebackType

from gesturelrcn.errors import SinkError
from gesturelrcn.events import GestureEvent
from gesturelrcn.sinks.address import LOOPBACK, Address

logger = logging.getLogger(__name__)

UNKNOWN = -1.0
"""x and y where the model does not say where the hand is; OSC's own "nothing" is not read everywhere."""

_NOT_IN_ADDRESSES = re.compile(r"[^A-Za-z0-9_.-]")


class OscSink:
    """Sends each event as an OSC message to one program.

    The address is `/gesturelrcn/<gesture>/<phase>`, where characters that OSC gives a meaning of its own
    are written as `_`. The arguments are, in this order: id (int), confidence (float), hand (string;
    `left`, `right`, `both` or empty), x, y of the hand (float, 0 to 1; -1 where it is not known),
    captured, decided (float, seconds since the frame was taken with which the gesture started). Every
    receiver knows these types; many drop messages that hold a double.

    UDP tells nobody whether somebody listens: a receiver may come and go, and what cannot be sent at once
    is lost.

    Args:
        port: of the program that receives.
        host: name or number of its computer; looked up once.

    Raises:
        SinkError: the host is not known or cannot be reached, or python-osc is not installed.

    Examples:
        >>> with OscSink(9000) as sink, GestureStream() as stream:     # doctest: +SKIP
        ...     stream.add_listener(sink.send)
        ...     stream.run()
    """

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        try:
            from pythonosc.osc_message_builder import OscMessageBuilder
        except ImportError:
            raise SinkError("OSC needs python-osc: `pip install 'gesturelrcn[sinks]'`.") from None
        self._builder = OscMessageBuilder
        self._failed = False
        self._starts: dict[str, tuple[int, float]] = {}
        # A socket of our own: the library's client looks the host up again for each message.
        self._socket = _connected(Address(host, port))

    def send(self, event: GestureEvent) -> None:
        """Send one message, or lose it."""
        try:
            self._socket.send(self._message(event))
        except (BlockingIOError, ConnectionRefusedError):
            return  # the network is busy, or nobody listens yet
        except OSError as problem:
            if not self._failed:
                logger.warning("OSC messages cannot be sent: %s; others will be tried", problem.strerror)
            self._failed = True

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def __enter__(self) -> "OscSink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _message(self, event: GestureEvent) -> bytes:
        gesture = _NOT_IN_ADDRESSES.sub("_", event.gesture)
        message = self._builder(f"/gesturelrcn/{gesture}/{event.phase.value}")
        message.add_arg(event.id, "i")
        message.add_arg(event.confidence, "f")
        message.add_arg(event.hand or "", "s")
        for share in event.position or (UNKNOWN, UNKNOWN):
            message.add_arg(share, "f")
        # Of the seconds that a computer has been up a 32-bit float is wrong by milliseconds.
        begun, since = self._starts.get(event.gesture, (None, 0.0))
        if begun != event.id:
            since = event.captured_at
            self._starts[event.gesture] = event.id, since
        message.add_arg(event.captured_at - since, "f")
        message.add_arg(event.decided_at - since, "f")
        return message.build().dgram


def _connected(address: Address) -> socket.socket:
    """A UDP socket that sends there and never waits."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise SinkError(
            f"OSC cannot be sent to {address}: there is no computer {address.host!r}; check the name."
        ) from None
    family, kind, protocol, _, where = found[0]
    connected = socket.socket(family, kind, protocol)
    try:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        connected.setblocking(False)
        connected.connect(where)
    except OSError as problem:
        connected.close()
        reason = (problem.strerror or str(problem)).lower()
        raise SinkError(f"OSC cannot be sent to {address}: {reason}; check host and port.") from None
    return connected
