"""A WebSocket server: each event is a text message of JSON to every client that listens."""

import asyncio
import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING
from weakref import WeakSet

from gesturelrcn.errors import SinkError
from gesturelrcn.events import EventQueue, GestureEvent, Phase
from gesturelrcn.sinks.address import LOOPBACK, Address
from gesturelrcn.sinks.origin import OriginPolicy
from gesturelrcn.system.stuck_threads import leave_behind

if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

logger = logging.getLogger(__name__)

MAX_CLIENTS = 64
"""More are told to come back later."""
MAX_WAITING = 1024
"""Starts and ends that may wait for one client; one that is further behind is sent away."""
MAX_MESSAGE = 65536
"""Bytes of a message from a client, which nobody reads; who sends a larger one is sent away."""
DRAIN_TIMEOUT = 0.3
"""Seconds that clients have at the end to take the events that still wait."""
CLOSE_TIMEOUT = 0.2
"""Seconds that a client has to say goodbye."""
_START_TIMEOUT = 10.0


class WebSocketSink:
    """Listens for WebSocket clients and sends every event to each, as `GestureEvent.to_json()`.

    The server has a thread and an event loop of its own, so no client delays the stream or another
    client. For a client that is slow, at most 64 events wait; then `hold` events are dropped, the oldest
    first, `start` and `end` never. What clients send is read and ignored.

    Web pages are let in by their origin: pages of this computer (http://localhost and its like) and
    programs that are no browsers, which have none; any other page gets nothing unless its origin is among
    `origins`. There is no password and no encryption: keep it on this computer, or put a proxy before it.

    Args:
        port: 0 for any that is free; `address` says which.
        host: where to listen; other computers are let in only where their network is named here.
        origins: web pages that are let in too, as `https://example.org`; `*` for all of them, `null` for
            pages that are opened from a file.

    Raises:
        SinkError: the port is in use, the host is not this computer's, an origin is none, or websockets
            is not installed.

    Examples:
        >>> with WebSocketSink(8765) as sink, GestureStream() as stream:     # doctest: +SKIP
        ...     stream.add_listener(sink.send)
        ...     stream.run()
    """

    def __init__(self, port: int = 8765, host: str = LOOPBACK, *, origins: Sequence[str] = ()) -> None:
        try:
            import websockets.asyncio.server  # noqa: F401 - only to see whether it is there
        except ImportError:
            raise SinkError("WebSocket needs websockets: `pip install 'gesturelrcn[sinks]'`.") from None
        self._policy = OriginPolicy(origins)
        self._clients: set[_Client] = set()
        self._connections: WeakSet[ServerConnection] = WeakSet()  # those that are still being admitted too
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        opened: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(Address(host, port), opened)),
            name="gesture-websocket",
            daemon=True,
        )
        self._thread.start()
        self.address = Address(host, opened.result(_START_TIMEOUT))

    @property
    def url(self) -> str:
        """What a client connects to."""
        return f"ws://{self.address}"

    @property
    def clients(self) -> int:
        """How many listen now."""
        return len(self._clients)

    def send(self, event: GestureEvent) -> None:
        """Hand one event to every client; returns at once."""
        text, hold = event.to_json(), event.phase == Phase.HOLD
        self._in_loop(lambda: self._share(text, hold))

    def close(self) -> None:
        """Let clients take what waits, say goodbye and stop listening, within a second."""
        self._in_loop(self._closing.set)
        self._thread.join(DRAIN_TIMEOUT + 2 * CLOSE_TIMEOUT + 0.1)
        if self._thread.is_alive():
            logger.warning("the WebSocket server has not ended and is left behind")
            leave_behind(self._thread)

    def __enter__(self) -> "WebSocketSink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _in_loop(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # closed already
            if self._loop is not None:
                self._loop.call_soon_threadsafe(call)

    async def _serve(self, address: Address, opened: "Future[int]") -> None:
        try:
            server = await self._listen(address)
        except BaseException as problem:
            opened.set_exception(_told(problem, address))
            return
        self._loop = asyncio.get_running_loop()
        opened.set_result(server.sockets[0].getsockname()[1])
        await self._closing.wait()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._drained(), DRAIN_TIMEOUT)
        server.close()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 2 * CLOSE_TIMEOUT)
        for connection in self._connections:
            connection.transport.abort()
        await asyncio.sleep(0)  # aborted transports close at the next turn

    async def _listen(self, address: Address) -> "Server":
        from websockets.asyncio.server import ServerConnection, serve

        connections = self._connections

        class Connection(ServerConnection):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                connections.add(self)

        # Its own log tells of every port scan with a traceback; what matters is told here.
        silent = logging.Logger("websockets", logging.CRITICAL + 1)
        server: Server = await serve(
            self._attend,
            address.host,
            address.port,
            process_request=self._admit,
            create_connection=Connection,
            compression=None,
            max_size=MAX_MESSAGE,
            close_timeout=CLOSE_TIMEOUT,
            logger=silent,
            server_header=None,
        )
        return server

    def _admit(self, connection: "ServerConnection", request: "Request") -> "Response | None":
        """None for those that are let in, before anything is sent to them."""
        refusal = self._policy.refusal(request.headers.get_all("Origin"), request.headers.get("Host"))
        if refusal is not None:
            return connection.respond(HTTPStatus.FORBIDDEN, f"{refusal}\n")
        if len(self._clients) >= MAX_CLIENTS:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "There are too many clients.\n")
        return None

    async def _attend(self, connection: "ServerConnection") -> None:
        client = _Client(connection)
        self._clients.add(client)
        logger.info("a WebSocket client has come", extra={"clients": len(self._clients)})
        try:
            await client.serve()
        finally:
            self._clients.discard(client)
            logger.info("a WebSocket client has gone", extra={"clients": len(self._clients)})

    def _share(self, text: str, hold: bool) -> None:
        for client in self._clients:
            client.put(text, hold=hold)

    async def _drained(self) -> None:
        for client in tuple(self._clients):
            await client.drained.wait()


class _Client:
    """One connection, and what waits for it. Lives in the server's event loop."""

    def __init__(self, connection: "ServerConnection") -> None:
        self.drained = asyncio.Event()
        self.drained.set()
        self._connection = connection
        self._waiting: EventQueue[str] = EventQueue()
        self._filled = asyncio.Event()

    def put(self, text: str, *, hold: bool) -> None:
        self._waiting.put(text, hold=hold)
        if len(self._waiting) > MAX_WAITING:  # it does not read; politeness would wait for it, too
            self._connection.transport.abort()
        self.drained.clear()
        self._filled.set()

    async def serve(self) -> None:
        """Until the connection ends, from whichever side."""
        tasks = [asyncio.ensure_future(work) for work in (self._write(), self._ignore())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.drained.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            await self._filled.wait()
            if not self._waiting:
                self._filled.clear()
                self.drained.set()
                continue
            await self._connection.send(self._waiting.take())

    async def _ignore(self) -> None:
        # Unread messages would fill the buffers, and with them pings and goodbyes would wait.
        async for _ in self._connection:
            pass


_REMEDIES = {
    errno.EADDRINUSE: "another program uses this port; choose another, or 0 for any that is free",
    errno.EADDRNOTAVAIL: "this computer has no such address; 127.0.0.1 is itself, 0.0.0.0 all its networks",
    errno.EACCES: "only the administrator may use this port; choose one from 1024 to 65535",
}


def _told(problem: BaseException, address: Address) -> BaseException:
    if isinstance(problem, socket.gaierror | UnicodeError):
        reason = f"there is no computer {address.host!r}; check the name"
    elif isinstance(problem, OSError) and problem.errno is not None:
        reason = _REMEDIES.get(problem.errno) or os.strerror(problem.errno).lower()
    elif isinstance(problem, OSError) and "could not bind" in str(problem):
        reason = _REMEDIES[
            errno.EADDRNOTAVAIL
        ]  # the only cause for which asyncio of Python 3.13 gives no number
    else:
        return problem
    return SinkError(f"WebSocket clients cannot be served at {address}: {reason}.")
