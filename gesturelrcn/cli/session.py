"""The loop behind `run` and `slides`: a stream of events is shown and does what is bound to it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gesturelrcn import CaptureError, InjectionError
from gesturelrcn.actions import (
    ActionState,
    ActiveWindow,
    Bindings,
    Decision,
    Dispatcher,
    DryRunInjector,
    Fact,
    Injector,
    Run,
    load_bindings,
)
from gesturelrcn.actions.bindings.reload import BindingsWatch
from gesturelrcn.actions.decisions import ActionNews
from gesturelrcn.actions.desktop.active_window import active_window
from gesturelrcn.actions.desktop.real_input import RealInput
from gesturelrcn.actions.desktop.watch import start_watching
from gesturelrcn.actions.injectors.choice import choose_injector
from gesturelrcn.cli.arguments import asked_for
from gesturelrcn.cli.console import say
from gesturelrcn.cli.options import SAMPLE, EngineChoice, LocatorChoice, SensitivityChoice
from gesturelrcn.cli.signals import StopSignals
from gesturelrcn.cli.sinks import NO_SINKS, SinkOptions
from gesturelrcn.thresholds import NORMAL

if TYPE_CHECKING:
    from gesturelrcn.capture import Frame
    from gesturelrcn.capture.address import StreamAddress
    from gesturelrcn.model import ModelCard
    from gesturelrcn.observation import Observation
    from gesturelrcn.overlay import Recorder
    from gesturelrcn.stream.stream import GestureStream

_DISPLAY_GONE = "the display has gone away, so nothing can be pressed any more: the camera is off"

_STATES: dict[str, str] = {
    "arm": "armed",
    "disarm": "disarmed",
    "pause": "paused",
    "resume": "goes on",
    "reload": "bindings read again",
}


@dataclass(frozen=True)
class LiveSession:
    """A source is watched, and what is bound to its gestures is done: what `run` and `slides` have in common.

    Attributes:
        source: as the user wrote it; an address in the type that does not show its password.
        model: name or path.
        engine: what runs the network.
        mirrored: the source delivers mirrored pictures.
        realtime: play recordings at their own pace.
        as_json: show events as JSON lines, holds included.
        dry_run: say keys instead of pressing them; the window in front does not matter.
        preview: show a window.
        rehearse: say what would be done instead of doing it, and every near miss.
        bindings_file: watched for changes.
        adapted: what becomes of bindings that are read anew from that file.
        sinks: other programs that get the events.
        record: a film to write of what is seen and recognised.
        locator: what finds people.
        fps: pictures a second; see `gesturelrcn.stream.stream.GestureStream`.
        open_timeout: seconds in which a network stream must answer.
        sensitivity: how readily gestures start, in place of what `[options]` of the bindings says.
        turn_on: gestures that start although the model has them off.
    """

    source: "str | StreamAddress"
    model: str
    engine: EngineChoice
    mirrored: bool
    realtime: bool
    as_json: bool
    dry_run: bool
    preview: bool
    rehearse: bool = False
    bindings_file: Path | None = None
    adapted: Callable[[Bindings], Bindings] = lambda bindings: bindings
    sinks: SinkOptions = NO_SINKS
    record: Path | None = None
    locator: LocatorChoice = LocatorChoice.DEFAULT
    fps: float | None = None
    open_timeout: float | None = None
    sensitivity: SensitivityChoice | None = None
    turn_on: tuple[str, ...] = ()

    def card(self) -> "ModelCard":
        """The card of the model, read without loading the model.

        Raises:
            ModelError: there is no such model.
        """
        from gesturelrcn.model import read_card
        from gesturelrcn.model.files import card_path

        return read_card(card_path(self.model))

    def off(self) -> dict[str, str]:
        """Gestures that the model has off and the command line does not turn on -> why.

        Raises:
            ModelError: there is no such model, or it has no gesture that is to be turned on.
        """
        card = self.card()
        card.must_have(self.turn_on)
        return card.still_off(self.turn_on)

    def load(self, path: Path) -> Bindings:
        """Read a file of bindings for the gestures of the model.

        Raises:
            BindingError: anything wrong in it.
        """
        card = self.card()
        return load_bindings(path, card.gestures, off=self.off(), sensitivities=card.sensitivities)

    def _as_asked(self, bindings: Bindings) -> Bindings:
        """With what the command line says in place of what the file says."""
        if self.sensitivity is None:
            return bindings
        return replace(bindings, options=replace(bindings.options, sensitivity=self.sensitivity.value))

    def run(self, bindings: Bindings, opened: Callable[[], None] = lambda: None) -> None:
        """Go on until the source ends or a signal comes; everything is released by then.

        Args:
            bindings: what to do; none may be bound.
            opened: called once the source and the model are open.

        Raises:
            GestureLrcnError: something cannot be opened or pressed.
            SystemExit: told to stop by a signal.
        """
        self.card().in_force(asked_for(self.sensitivity, list(self.turn_on)))  # before anything is opened
        bindings = self._as_asked(bindings)
        with StopSignals() as signals, ExitStack() as open_things:
            # Opened first, so that keys need not wait for the disk at the end.
            recorder = open_things.enter_context(self._recorder())
            sinks = self.sinks.open(as_json=self.as_json, announce=self._say, open_things=open_things)
            injector = self._injector(bindings)
            open_things.callback(injector.close)
            window = self._active_window(bindings)
            open_things.callback(getattr(window, "close", lambda: None))
            dispatcher = open_things.enter_context(
                Dispatcher(bindings, injector, active_window=window, commands=self._commands())
            )
            stream = self._stream()
            stopped = self._attend(dispatcher, stream, bindings, open_things)
            self._watch_frames(dispatcher, stream, open_things)
            self._show_frames(dispatcher, stream, recorder, open_things)
            open_things.enter_context(stream)
            signals.stop_with(stream.stop)
            opened()
            try:
                for event in stream:
                    for sink in sinks:
                        sink.send(event)
                    dispatcher.handle(event)
            except InjectionError:  # some key cannot be released: it went with the display
                if _DISPLAY_GONE not in stopped:
                    raise
            if _DISPLAY_GONE in stopped:
                raise InjectionError(_DISPLAY_GONE)
            if stopped:
                say(f"Stopped: {stopped[0]}.", to_stderr=True)

    @property
    def _says_only(self) -> bool:
        return self.dry_run or self.rehearse

    def _attend(
        self, dispatcher: Dispatcher, stream: "GestureStream", bindings: Bindings, open_things: ExitStack
    ) -> list[str]:
        """Listen to the dispatcher, the file, and the real keyboard and mouse; says why it stopped."""
        stopped: list[str] = []

        def heard(news: ActionNews) -> None:
            if isinstance(news, Fact) and news.kind == "stop":
                stopped.append(news.detail["reason"])
                stream.stop()
            line = self._line_about(news)
            if line:
                self._say(f"          {line}")

        dispatcher.add_listener(heard)
        if self.bindings_file is not None:
            watch = BindingsWatch(
                self.bindings_file,
                partial(self.load, self.bindings_file),
                lambda read: dispatcher.use(self._as_asked(self.adapted(read))),
                lambda line: say(line, to_stderr=True),
            )
            open_things.enter_context(watch)
        if bindings and not self.dry_run:
            self._watch_real_input(dispatcher, open_things)
        return stopped

    def _watch_real_input(self, dispatcher: Dispatcher, open_things: ExitStack) -> None:
        options = dispatcher.bindings.options
        hot_keys = (
            (options.arm_key, dispatcher.toggle_arm),
            (options.pause_key, lambda: dispatcher.control("pause")),
        )
        real = RealInput(
            typed=dispatcher.typed,
            mouse_used=dispatcher.mouse_used,
            cornered=lambda: dispatcher.stop(f"the mouse was pushed into the {options.stop_corner} corner"),
            hot_keys={chord: call for chord, call in hot_keys if chord is not None},
            corner=options.stop_corner,
            gone=lambda: self._lost_display(dispatcher),
        )
        watcher = start_watching(real)
        if watcher is not None:
            open_things.callback(watcher.close)

    def _lost_display(self, dispatcher: Dispatcher) -> None:
        with suppress(InjectionError):  # what is down cannot be released, and went with the display
            dispatcher.stop(_DISPLAY_GONE)

    def _watch_frames(self, dispatcher: Dispatcher, stream: "GestureStream", open_things: ExitStack) -> None:
        """Each frame goes to the trace and the dispatcher."""
        from gesturelrcn.cli.frame_trace import FrameWatch, nearly, trace_of

        card = self.card()
        writer = open_things.enter_context(trace_of(card, str(self.source), dispatcher))
        watch = FrameWatch(card, writer)
        if self.rehearse:
            watch.on_moment(
                lambda moment: None if moment.recognised else self._say(f"          {nearly(moment)}")
            )
        dispatcher.add_listener(watch.heard)
        stream.add_frame_listener(watch.see)
        dispatcher.attach(stream)

    def _recorder(self) -> "AbstractContextManager[Recorder | None]":
        if self.record is None:
            return nullcontext()
        from gesturelrcn.overlay import Recorder

        return Recorder(self.record)

    def _show_frames(
        self,
        dispatcher: Dispatcher,
        stream: "GestureStream",
        recorder: "Recorder | None",
        open_things: ExitStack,
    ) -> None:
        """Each frame goes to the window and into the film, where they are wanted."""
        if not self.preview and recorder is None:
            return
        from gesturelrcn.overlay import Overlay, draw_overlay

        def state() -> ActionState | None:
            now = dispatcher.state
            return now if dispatcher.bindings or now.inhibitor else None

        overlay = Overlay(self.card(), state)
        dispatcher.add_listener(overlay.heard)
        window = None
        if self.preview:
            from gesturelrcn.cli.preview import Preview

            pause = partial(dispatcher.control, "pause")
            window = open_things.enter_context(
                Preview(stream.stop, on_choice=stream.choose_person, on_pause=pause)
            )

        def show(frame: "Frame", observation: "Observation") -> None:
            known = overlay.see(frame, observation)
            if recorder is not None:
                in_no_hurry = frame.media_time is not None and not self.realtime
                recorder.put(frame.captured_at, lambda: draw_overlay(frame.image, known), wait=in_no_hurry)
            if window is not None:
                window.show(frame, known)

        stream.add_frame_listener(show)

    def _line_about(self, news: ActionNews) -> str:
        """What a person wants to read about it; empty for nothing."""
        if isinstance(news, Decision):
            if not news.fired:
                return str(news)
            return f"would do: {news.meaning}" if self.rehearse else ""
        return _STATES.get(news.kind, "") if isinstance(news, Fact) else ""

    def _say(self, line: str) -> None:
        # With --json a program reads stdout and gets events only.
        say(line, to_stderr=self.as_json)

    def _injector(self, bindings: Bindings) -> Injector:
        if self._says_only or not bindings:
            return DryRunInjector((lambda line: None) if self.rehearse else self._say)
        return choose_injector().make()

    def _commands(self) -> Callable[[Run], None] | None:
        """What is told of commands instead of their being run; None where they are to be run."""
        if self.rehearse:
            return lambda _: None
        return (lambda command: self._say(str(command))) if self.dry_run else None

    def _active_window(self, bindings: Bindings) -> ActiveWindow | None:
        if not bindings.profiles or self.dry_run:
            return None
        try:
            return active_window()
        except InjectionError:
            if bindings.options.only_in_profiles:
                raise
            return None

    def _stream(self) -> "GestureStream":
        from gesturelrcn.capture.pictures import DEFAULT_FPS
        from gesturelrcn.model import assets
        from gesturelrcn.stream.stream import GestureStream

        source = assets() / "sample.mp4" if self.source == SAMPLE else self.source
        if isinstance(source, str) and self.fps is None and _has_pictures(source):
            say(
                f"gesturelrcn: {source}: pictures in a folder say nothing of time; they are taken for"
                f" {DEFAULT_FPS:g} a second, --fps says otherwise.",
                to_stderr=True,
            )
        return GestureStream(
            source,
            model=self.model,
            engine=self.engine.value,
            locator=self.locator.value,
            mirrored=self.mirrored,
            realtime=self.realtime,
            fps=self.fps,
            open_timeout=self.open_timeout,
            sensitivity=NORMAL if self.sensitivity is None else self.sensitivity.value,
            turn_on=self.turn_on,
        )


def _has_pictures(source: str) -> bool:
    """Whether this is a folder of pictures; one without any is refused when it is opened."""
    from gesturelrcn.capture.pictures import picture_paths

    try:
        return bool(source) and Path(source).is_dir() and bool(picture_paths(Path(source)))
    except CaptureError:
        return False
