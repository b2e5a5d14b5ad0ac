"""The loop behind `run` and `slides`: a stream of events is shown and fires keys."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gesturelrcn import GestureEvent, Phase
from gesturelrcn.actions import Bindings, Dispatcher, DryRunInjector, Injector, PynputInjector
from gesturelrcn.cli.options import EngineChoice
from gesturelrcn.cli.signals import StopSignals

if TYPE_CHECKING:
    from gesturelrcn.model import ModelCard
    from gesturelrcn.stream import GestureStream

SAMPLE = "sample"
"""The source word for the clip that ships with the package."""


@dataclass(frozen=True)
class Playing:
    """What to play and how.

    Attributes:
        source: as the user wrote it.
        model: name or path.
        engine: what runs the network.
        mirrored: the source delivers mirrored pictures.
        realtime: play recordings at their own pace.
        as_json: show events as JSON lines, holds included.
        dry_run: say keys instead of pressing them.
        preview: show a window.
    """

    source: str
    model: str
    engine: EngineChoice
    mirrored: bool
    realtime: bool
    as_json: bool
    dry_run: bool
    preview: bool

    def card(self) -> "ModelCard":
        """The card of the model, read without loading the model.

        Raises:
            ModelError: there is no such model.
        """
        from gesturelrcn.model import read_card
        from gesturelrcn.model.files import card_path

        return read_card(card_path(self.model))

    def play(self, bindings: Bindings, opened: Callable[[], None] = lambda: None) -> None:
        """Play until the source ends or a signal comes; every key is released by then.

        Args:
            bindings: which keys to press; none may be bound.
            opened: called once the source and the model are open.

        Raises:
            GestureLrcnError: something cannot be opened or pressed.
            SystemExit: told to stop by a signal.
        """
        with StopSignals() as signals, ExitStack() as open_things:
            dispatcher = open_things.enter_context(Dispatcher(bindings, self._injector(bindings)))
            stream = self._stream()
            if self.preview:
                from gesturelrcn.cli.preview import Preview

                preview = open_things.enter_context(Preview(on_close=stream.stop))
                stream.add_frame_listener(preview.draw)
            open_things.enter_context(stream)
            signals.stop_with(stream.stop)
            opened()
            show = _show_json if self.as_json else _Lines().show
            for event in stream:
                show(event)
                dispatcher.handle(event)

    def _injector(self, bindings: Bindings) -> Injector:
        if self.dry_run or not bindings:
            # With --json a program reads stdout and gets events only.
            return DryRunInjector(lambda line: say(line, to_stderr=self.as_json))
        return PynputInjector()

    def _stream(self) -> "GestureStream":
        from gesturelrcn.model import assets
        from gesturelrcn.stream import GestureStream

        source: str | Path = assets() / "sample.mp4" if self.source == SAMPLE else self.source
        return GestureStream(
            source,
            model=self.model,
            engine=self.engine.value,
            mirrored=self.mirrored,
            realtime=self.realtime,
        )


def say(line: str, *, to_stderr: bool = False) -> None:
    """Write one line at once, so that whoever reads it through a pipe is not late."""
    print(line, file=sys.stderr if to_stderr else sys.stdout, flush=True)


def _show_json(event: GestureEvent) -> None:
    say(event.to_json())


class _Lines:
    """Events for people: start and end, with seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, event: GestureEvent) -> None:
        if event.phase == Phase.HOLD:
            return
        seconds = event.captured_at - self._began if event.media_time is None else event.media_time
        hand = {None: "", "both": "  both hands"}.get(event.hand, f"  {event.hand} hand")
        say(f"{seconds:8.2f} s  {event.gesture:<12} {event.phase!s:<5}  {event.confidence:.2f}{hand}")
