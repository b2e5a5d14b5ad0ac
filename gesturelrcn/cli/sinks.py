"""`--json`, `--websocket` and `--osc`: where events go besides the keys."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated

import typer

from gesturelrcn import GestureEvent, Phase
from gesturelrcn.cli.console import say
from gesturelrcn.errors import SinkError
from gesturelrcn.sinks import Sink

_PANEL = "Other programs"

WebSocket = Annotated[
    str | None,
    typer.Option(
        metavar="[HOST:]PORT",
        help="Send events as JSON to WebSocket clients; without a host only to those on this computer.",
        rich_help_panel=_PANEL,
    ),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ORIGIN",
        help="Let in web pages of this origin too, as https://example.org; can be given several times.",
        rich_help_panel=_PANEL,
    ),
]
Osc = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Send events as OSC messages, /gesturelrcn/GESTURE/PHASE, to this program.",
        rich_help_panel=_PANEL,
    ),
]


@dataclass(frozen=True)
class SinkOptions:
    """What the user asked for.

    Attributes:
        websocket: `[HOST:]PORT` to listen at.
        origins: of web pages that are let in.
        osc: `HOST:PORT` to send to.
    """

    websocket: str | None = None
    origins: tuple[str, ...] = ()
    osc: str | None = None

    def open(self, *, as_json: bool, announce: Callable[[str], object], open_things: ExitStack) -> list[Sink]:
        """Open all; they are closed with `open_things`.

        Args:
            as_json: events are shown as JSON lines.
            announce: gets one line about each address at which events can be had.
            open_things: closes them.

        Raises:
            SinkError: one of them cannot be opened.
        """
        if self.origins and self.websocket is None:
            raise SinkError("--allow-origin goes with --websocket, which is missing: add --websocket 8765.")
        sinks: list[Sink] = []
        if self.websocket is not None:
            sinks.append(_web_socket(self.websocket, self.origins, announce))
            open_things.callback(sinks[-1].close)
        if self.osc is not None:
            sinks.append(_osc(self.osc, announce))
            open_things.callback(sinks[-1].close)
        return [_shown(as_json), *sinks]


NO_SINKS = SinkOptions()
"""Events are shown here only."""


def _shown(as_json: bool) -> Sink:
    if not as_json:
        return _Lines()
    from gesturelrcn.sinks import JsonLines

    return JsonLines(sys.stdout)


def _web_socket(place: str, origins: tuple[str, ...], announce: Callable[[str], object]) -> Sink:
    from gesturelrcn.sinks import WebSocketSink
    from gesturelrcn.sinks.address import read_address

    address = read_address(place, "--websocket", any_port=True)
    sink = WebSocketSink(address.port, address.host, origins=origins)
    whom = "this computer" if address.is_loopback else "every computer that reaches it, without a password"
    announce(f"Events for {whom}: {sink.url}")
    return sink


def _osc(place: str, announce: Callable[[str], object]) -> Sink:
    from gesturelrcn.sinks import OscSink
    from gesturelrcn.sinks.address import read_address

    address = read_address(place, "--osc")
    sink = OscSink(address.port, address.host)
    announce(f"OSC messages to {address}")
    return sink


class _Lines:
    """Events for people: start and end, with seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def send(self, event: GestureEvent) -> None:
        if event.phase == Phase.HOLD:
            return
        seconds = event.captured_at - self._began if event.media_time is None else event.media_time
        hand = {None: "", "both": "  both hands"}.get(event.hand, f"  {event.hand} hand")
        say(f"{seconds:8.2f} s  {event.gesture:<12} {event.phase!s:<5}  {event.confidence:.2f}{hand}")

    def close(self) -> None:
        """Nothing is held."""
