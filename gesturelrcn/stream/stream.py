"""Capture, recogniser and callbacks in one loop."""

import inspect
import logging
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from gesturelrcn.capture import Frame, LiveSource, Source, SourceChange, SourceState, open_source
from gesturelrcn.capture.address import StreamAddress, is_address
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.observation import Observation
from gesturelrcn.stream.callbacks import Callback, CallbackThread, SourceCallback, StreamNews
from gesturelrcn.stream.session import GestureRecognizer, IsSensitive, StreamSession, must_be_on
from gesturelrcn.thresholds import NORMAL, Sensitivities, Sensitivity
from gesturelrcn.vocabulary import GESTURES, suggestion

if TYPE_CHECKING:
    from gesturelrcn.model import EngineName
    from gesturelrcn.region import LocatorName
    from gesturelrcn.stream.asynchronous import AsyncEvents, FrameThread

logger = logging.getLogger(__name__)

_LOOK_UP = 0.25
"""Seconds; how often a loop that waits for a frame looks whether it shall stop."""

_F = TypeVar("_F", bound=Callback)
_S = TypeVar("_S", bound=SourceCallback)

FrameListener = Callable[[Frame, Observation], object]
"""Gets each frame with what the recogniser made of it."""


class GestureStream:
    """Gestures of a camera, stream, video file or folder of pictures, as callbacks and by iteration.

    Constructing opens nothing; `with`, `run()` and iteration do, and close everything at their end,
    active gestures included; so do `async with` and `async for` in asyncio. Callbacks of recordings run
    in the loop, in step, so that a replay does the same each time. Callbacks of live sources run one after
    the other in a thread of their own and delay no frame; when 64 events wait, `hold` events are dropped,
    `start` and `end` never.
    A callback that raises is logged, and the stream goes on.

    A live source is watched: once it stalls or is lost, active gestures end, `on_source` callbacks are
    told, and it is opened again until it is back. `state` says at any time what it is doing.

    Args:
        source: number of a camera, path, address, or an open `Source`, which is closed at the end
            and to which `mirrored`, `realtime`, `fps` and `open_timeout` do not apply.
        model: name or card of a model.
        engine: `onnxruntime` or `torch`.
        locator: what finds people, `people` or `mediapipe` (extra `mediapipe`).
        mirrored: the source delivers mirrored pictures.
        realtime: play a recording at the pace at which it was taken.
        fps: pictures a second of a folder of pictures (default 15), of a video in place of its own times, or
            to ask of a camera.
        open_timeout: seconds in which a network stream must answer; default 4.
        recognizer: use this one instead of making one from `model`; it is not closed at the end.
        sensitivity: how readily gestures start: `careful`, `normal` or `eager`, if the model has it; a
            `recognizer` of your own keeps its own.
        turn_on: gestures that shall start although the model has them off.

    Examples:
        >>> with GestureStream() as stream:                        # doctest: +SKIP
        ...     @stream.on("raise_hand")
        ...     def ask(event):
        ...         print(event.gesture, event.confidence)
        ...     stream.run()
    """

    def __init__(
        self,
        source: int | str | Path | StreamAddress | Source = 0,
        *,
        model: str | Path = "default",
        engine: "EngineName" = "onnxruntime",
        locator: "LocatorName" = "default",
        mirrored: bool = False,
        realtime: bool = False,
        fps: float | None = None,
        open_timeout: float | None = None,
        recognizer: GestureRecognizer | None = None,
        sensitivity: Sensitivity = NORMAL,
        turn_on: Iterable[str] = (),
    ) -> None:
        # An address is put away at once in the type that does not show its password.
        self._place = StreamAddress(source) if isinstance(source, str) and is_address(source) else source
        self._model = model
        self._engine = engine
        self._locator = locator
        self._mirrored = mirrored
        self._realtime = realtime
        self._fps = fps
        self._open_timeout = open_timeout
        self._given_recognizer = recognizer
        self._sensitivity: Sensitivity = sensitivity
        self._turned_on = set(turn_on)
        self._listeners: list[tuple[str | None, Phase | None, Callback]] = []
        self._source_listeners: list[tuple[SourceState | None, SourceCallback]] = []
        self._frame_listeners: list[FrameListener] = []
        self._openers: list[Callable[[], object]] = []
        self._session: StreamSession | None = None
        self._stopping = False
        self._entered: AsyncEvents | None = None
        self._iterated: Callable[[], AsyncEvents | None] = lambda: None  # weak: dropping it ends the stream
        self._frame_thread: FrameThread | None = None

    def on(self, gesture: str, phase: str = Phase.START, *, turn_on: bool = False) -> Callable[[_F], _F]:
        """Decorator: call the function with each event of this gesture and phase (`start`, `hold`, `end`).

        With `turn_on` the gesture starts although the model has it off.

        Raises:
            GestureLrcnError: there is no such gesture or phase, or the function is a coroutine; raised
                when the stream opens if the model, which is not loaded before, does not recognise the
                gesture, or has it off.
        """
        if phase not in list(Phase):
            raise GestureLrcnError(f'There is no phase "{phase}"; a gesture has start, hold and end.')
        recognizer = self._session.recognizer if self._session else self._given_recognizer
        _must_be_known(gesture, recognizer.gestures if recognizer else list(GESTURES))
        if turn_on:
            self._turned_on.add(gesture)
        if self._session is not None:
            self._session.add_callback(gesture, turn_on=turn_on)

        def register(callback: _F) -> _F:
            _must_be_plain(callback)
            self._listeners.append((gesture, Phase(phase), callback))
            return callback

        return register

    def on_any(self, callback: _F) -> _F:
        """Decorator: call the function with every event."""
        _must_be_plain(callback)
        self._listeners.append((None, None, callback))
        return callback

    def add_listener(self, callback: Callback) -> None:
        """Call `callback` with every event; as `on_any`, for use without a decorator."""
        self.on_any(callback)

    def on_source(self, state: str | None = None) -> Callable[[_S], _S]:
        """Decorator: call the function with each change of a live source to this state.

        The states are `live`, `stalled`, `lost` and `back`; without one every change is told. They come
        in the same thread and order as the events of gestures. Recordings do not change.

        Raises:
            GestureLrcnError: there is no such state.
        """
        if state is not None and state not in list(SourceState):
            raise GestureLrcnError(
                f'There is no state "{state}" of a source; it is live, stalled, lost or back.'
            )

        def register(callback: _S) -> _S:
            _must_be_plain(callback)
            self._source_listeners.append((None if state is None else SourceState(state), callback))
            return callback

        return register

    @property
    def state(self) -> SourceState | None:
        """What a live source is doing; None for recordings and while the stream is not open."""
        source = self._session.source if self._session else None
        return source.state if isinstance(source, LiveSource) else None

    def choose_person(self, x: float, y: float) -> None:
        """Where there are several people, follow whoever is nearest to this place, in pixels of the frame.

        The stream has to be open; a recogniser of your own is asked if it has such a method.
        """
        if self._session is not None:
            self._session.choose_person(x, y)

    def add_frame_listener(self, listener: FrameListener) -> None:
        """Call `listener` with each frame that was recognised and what was made of it, an `Observation`.

        It runs in the loop, in the thread that iterates: a window can be drawn there. What it raises
        ends the stream.
        """
        self._frame_listeners.append(listener)

    def when_open(self, call: Callable[[], object]) -> None:
        """Call `call` whenever the stream is open, before its first frame; at once if it is open now.

        What it raises closes the stream.
        """
        self._openers.append(call)
        if self._session is not None:
            call()

    @property
    def sensitivities(self) -> Sensitivities:
        """How readily gestures start where `use` says nothing else."""
        own = Sensitivities(self._sensitivity, turned_on=frozenset(self._turned_on))
        return self._session.sensitivities if self._session else own

    @property
    def off(self) -> dict[str, str]:
        """Gestures that start nothing, since the model has them off -> why; none while it is not open."""
        return dict(self._session.off) if self._session else {}

    def use(self, sensitivities: Sensitivities) -> None:
        """From the next frame on gestures start as readily as this says; none starts or ends by that alone.

        From the thread that iterates, as in a frame listener; the stream has to be open. A recogniser of your
        own is told if it has such a method.

        Raises:
            ModelError: the model has no such sensitivity or gesture.
        """
        if self._session is not None:
            self._session.use(sensitivities)

    @property
    def gestures(self) -> list[str]:
        """Names of the gestures that this stream recognises; the stream has to be open (`with`).

        Raises:
            GestureLrcnError: the stream is not open, so its model is not loaded yet.
        """
        recognizer = self._session.recognizer if self._session else self._given_recognizer
        if recognizer is None:
            raise GestureLrcnError("The stream is not open yet: ask for its gestures inside `with`.")
        return list(recognizer.gestures)

    def run(self) -> None:
        """Block until a recording ends or `stop()` is called; callbacks get the events.

        Ctrl-C ends active gestures, closes everything and raises KeyboardInterrupt.

        Raises:
            CaptureError: the source cannot be opened.
            ModelError: the model cannot be loaded.
        """
        with closing(iter(self)) as events:
            for _ in events:
                pass

    def stop(self) -> None:
        """End the loop after the frame in hand, at most 0.25 s later.

        May be called from a callback, another thread or a signal handler. Before `run()`, that run ends
        at once.
        """
        self._stopping = True  # nothing but an assignment, so that it is safe in a signal handler

    def __iter__(self) -> Generator[GestureEvent, None, None]:
        """Every event, after it went to the callbacks; a slow consumer of a live source misses frames."""
        return self._events(lambda: True)

    def __aiter__(self) -> "AsyncEvents":
        """Every event, in asyncio, after it went to the callbacks.

        Frames are read and recognised in a thread of their own, so neither side delays the other. If
        the loop's body is slow, a recording waits for it and nothing is lost; of a live source no frame
        waits: when 64 events do, `hold` events are dropped, the oldest first, `start` and `end` never.

        Inside `async with` the iteration may be left and taken up again. Without it, leaving the
        `async for` (`break`, an exception, cancellation) ends the stream behind your back, at most one
        frame later; use `async with` where it must be over before the next line.

        Raises:
            GestureLrcnError: the stream is being iterated already, and not inside `async with`.
        """
        from gesturelrcn.stream.asynchronous import AsyncEvents

        events = self._iterated()
        if events is not None and not events.ended:
            if events is self._entered:
                return events
            raise GestureLrcnError(
                "This stream is being iterated already: make another GestureStream for the other loop."
            )
        events = AsyncEvents(self._new_frame_thread())
        if self._entered is not None:
            self._entered = events
        self._iterated = weakref.ref(events)
        return events

    async def __aenter__(self) -> "GestureStream":
        self._entered = self.__aiter__()
        try:
            await self._entered.opened()
        except BaseException:
            self._entered = None
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        events, self._entered = self._entered, None
        if events is not None:
            await events.aclose()

    def _new_frame_thread(self) -> "FrameThread":
        from gesturelrcn.stream.asynchronous import FrameThread

        self._frame_thread = FrameThread(_FrameLoop(self), after=self._frame_thread)
        return self._frame_thread

    def _events(self, is_wanted: Callable[[], bool]) -> Generator[GestureEvent, None, None]:
        session = self._open()
        try:
            for frame in self._frames(session, is_wanted):
                if session.fell_silent():
                    yield from self._deliver(session, session.finish())
                if frame is not None:
                    session.last_at = frame.captured_at
                    events = session.recognizer.process(frame)
                    for listener in self._frame_listeners:
                        listener(frame, session.observation(events))
                    yield from self._deliver(session, events)
            yield from self._deliver(session, session.finish())
        finally:
            self._close()

    def _frames(self, session: StreamSession, is_wanted: Callable[[], bool]) -> Iterator[Frame | None]:
        """Frames while wanted, until the end or stop(); None now and then while a live source has none."""
        source = session.source
        frames = _live_frames(source) if isinstance(source, LiveSource) else iter(source)
        for frame in frames:
            if self._stopping or not is_wanted():
                return
            if session.callbacks is not None and session.callbacks.exit is not None:
                raise session.callbacks.exit
            yield frame

    def __enter__(self) -> "GestureStream":
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._frame_thread is not None:
            self._frame_thread.close()
        if self._frame_thread is None or self._frame_thread.ended:
            self._close()

    def _open(self) -> StreamSession:
        if self._session is not None:
            return self._session
        with ExitStack() as stack:
            source = self._place
            if isinstance(source, int | str | StreamAddress | Path):
                source = open_source(
                    source,
                    mirrored=self._mirrored,
                    realtime=self._realtime,
                    fps=self._fps,
                    open_timeout=self._open_timeout,
                )
            stack.callback(source.close)
            recognizer = self._given_recognizer
            if recognizer is None:
                from gesturelrcn.recognizer import Recognizer  # loads the engine and the person locator

                recognizer = Recognizer(
                    self._model,
                    engine=self._engine,
                    live=source.live,
                    locator=self._locator,
                    sensitivity=self._sensitivity,
                )
                stack.callback(recognizer.close)
            for gesture, _, _ in self._listeners:
                _must_be_known(gesture, recognizer.gestures)
            sensitivities, off = self._sensitivities_of(recognizer, stack)
            callbacks = CallbackThread(self._call) if source.live else None
            if callbacks is not None:
                stack.callback(callbacks.close)
                if isinstance(source, LiveSource):
                    source.on_change(callbacks.put)
            self._session = StreamSession(source, recognizer, callbacks, stack.pop_all(), sensitivities, off)
        try:
            for call in self._openers:
                call()
        except BaseException:
            self._close()
            raise
        return self._session

    def _sensitivities_of(
        self, recognizer: GestureRecognizer, at_the_end: ExitStack
    ) -> tuple[Sensitivities, Mapping[str, str]]:
        """What is asked of the recogniser while the stream is open, and what is still off then."""
        if not isinstance(recognizer, IsSensitive):
            return Sensitivities(), {}
        own = recognizer.sensitivities
        at_the_end.callback(recognizer.use, own)
        recognizer.use(replace(own, turned_on=own.turned_on | self._turned_on))
        for gesture, _, _ in self._listeners:
            if gesture is not None:
                must_be_on(gesture, recognizer.off)
        return recognizer.sensitivities, recognizer.off

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with session.closing:
                self._deliver(session, session.finish())
            self._stopping = False

    def _deliver(self, session: StreamSession, events: Iterable[GestureEvent]) -> list[GestureEvent]:
        decided = list(events)
        for event in decided:
            if session.callbacks is None:
                self._call(event)
            else:
                session.callbacks.put(event)
        return decided

    def _call(self, news: StreamNews) -> None:
        for callback in self._listeners_to(news):
            try:
                callback(news)
            except Exception:
                name = getattr(callback, "__qualname__", repr(callback))
                logger.exception("callback %s failed on %s", name, _title(news))

    def _listeners_to(self, news: StreamNews) -> list[Callable[..., object]]:
        if isinstance(news, SourceChange):
            return [call for state, call in self._source_listeners if state in (None, news.state)]
        return [
            call
            for gesture, phase, call in self._listeners
            if gesture in (None, news.gesture) and phase in (None, news.phase)
        ]


def _live_frames(source: LiveSource) -> Iterator[Frame | None]:
    while True:
        yield source.newest_unless_silent(_LOOK_UP)


def _title(news: StreamNews) -> str:
    if isinstance(news, SourceChange):
        return f"{news.source} being {news.state}"
    return f"{news.gesture} {news.phase}"


def _must_be_known(gesture: str | None, known: Sequence[str]) -> None:
    if gesture is not None and gesture not in known:
        near = suggestion(gesture, list(known))
        hint = f'did you mean "{near}"?' if near else f"known are {', '.join(known)}."
        raise GestureLrcnError(f'The gesture "{gesture}" is not recognised; {hint}')


def _must_be_plain(callback: Callable[..., object]) -> None:
    if inspect.iscoroutinefunction(callback):
        raise GestureLrcnError(
            f"The callback {callback.__name__} is a coroutine, which nobody would await: write"
            " `async for event in stream`, or give a plain function."
        )


class _FrameLoop:
    """A stream as the thread that runs it for asyncio wants it."""

    def __init__(self, stream: GestureStream) -> None:
        self._stream = stream

    def open(self) -> bool:
        return self._stream._open().source.live

    def events(self, is_wanted: Callable[[], bool]) -> Iterator[GestureEvent]:
        return self._stream._events(is_wanted)

    def close(self) -> None:
        self._stream._close()
