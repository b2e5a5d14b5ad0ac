"""`gesturelrcn record`."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesturelrcn.cli import completion, options
from gesturelrcn.cli.answers import TerminalAnswers
from gesturelrcn.cli.arguments import source_word
from gesturelrcn.cli.console import say
from gesturelrcn.cli.options import SAMPLE, EngineChoice
from gesturelrcn.cli.signals import StopSignals
from gesturelrcn.vocabulary import NONE, suggestion

if TYPE_CHECKING:
    from gesturelrcn.capture import Frame
    from gesturelrcn.capture.address import StreamAddress
    from gesturelrcn.cli.preview import Preview
    from gesturelrcn.observation import Observation
    from gesturelrcn.overlay import Overlay
    from gesturelrcn.takes import Progress, StoredTake, TakeRecorder
    from gesturelrcn.takes.cutting import Candidate

_NAME_HELP = "The gesture: one that the model knows (then these are takes of it), or a name of your own."
_FILES_HELP = "With --from: more of them."
_FROM_HELP = (
    "Take clips that exist instead of a camera: video files, each with one or more takes of NAME, or folders"
    " of them. Several: --from a.mp4 b.mp4. With the name **none** they show no gesture."
)
_IDLE_HELP = (
    "Record for so long whatever you do that is no gesture, in place of a gesture; what the model takes for"
    " one there is told."
)
_PICTURES_HELP = "Keep no film: only the joints and the shape of the hand that the network saw, as numbers."
_QUESTIONS_HELP = "Ask about each take, or keep every good one. Without terminal and window nobody is asked."
_TITLE = "gesturelrcn record (Enter keeps, r again, q ends)"
_KEEP_KEYS, _REDO_KEYS = (10, 13), (ord("r"), ord("R"))
_KEEP_WORDS, _REDO_WORDS = ("", "k", "keep", "y", "yes"), ("r", "redo", "n", "no")


def record(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help=_NAME_HELP, show_default=False, autocompletion=completion.gestures
        ),
    ] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help=_FILES_HELP, show_default=False)
    ] = None,
    takes: Annotated[int, typer.Option(metavar="N", help="How many takes.")] = 5,
    source: Annotated[
        str,
        typer.Option(metavar="SOURCE", help=options.SOURCE_HELP, autocompletion=completion.sources),
    ] = "0",
    idle: Annotated[str | None, typer.Option(metavar="TIME", help=_IDLE_HELP)] = None,
    from_: Annotated[list[Path] | None, typer.Option("--from", metavar="FILE", help=_FROM_HELP)] = None,
    pictures: Annotated[bool, typer.Option("--pictures/--no-pictures", help=_PICTURES_HELP)] = True,
    preview: Annotated[
        bool, typer.Option("--preview/--no-preview", help="Show a window where there is a screen.")
    ] = True,
    questions: Annotated[bool, typer.Option("--questions/--no-questions", help=_QUESTIONS_HELP)] = True,
    folder: options.TakesFolder = None,
    model: options.Model = "default",
    engine: options.Engine = EngineChoice.ONNXRUNTIME,
    mirrored: options.Mirrored = False,
    fps: options.Fps = None,
    open_timeout: options.OpenTimeout = None,
) -> None:
    """Record takes of a gesture before a camera, cut by themselves from rest to rest.

    It counts down and says when to begin; each take ends when you are at rest again. Then it says what it
    saw: Enter keeps the take, **r** makes it again. Takes stay on this computer, in a folder that only you
    can read (**gesturelrcn takes** lists them, **gesturelrcn forget** removes them).

    **gesturelrcn record --idle 3m** records what is no gesture, **gesturelrcn record wave --from a.mp4**
    takes clips that exist.
    """
    from gesturelrcn.takes import TakeFolder, TakeRecorder
    from gesturelrcn.takes.idle import duration

    films = [*(from_ or []), *(files or [])]
    _must_fit(name, films, from_=bool(from_), idle=idle)
    seconds = None if idle is None else duration(idle)
    place = _place(source)
    recordings = _films_in(films)
    with StopSignals() as signals, ExitStack() as open_things:
        front = _FrontEnd(asks=questions and not films and idle is None)
        recorder = TakeRecorder(
            TakeFolder(None if folder is None else folder.expanduser()),
            pictures=pictures,
            model=model,
            engine=engine.value,
            mirrored=mirrored,
            fps=fps,
            open_timeout=open_timeout,
            tell=front.tell,
            judge=front.judge,
            show=front.show,
        )
        signals.stop_with(recorder.stop)
        if name is not None:
            _introduce(name, model)
        if preview and not films:
            front.open_window(recorder, model, open_things)
        try:
            if films:
                recorder.take_over(name or "", recordings)
            elif seconds is not None:
                recorder.idle(seconds, place)
            else:
                recorder.record(name or "", place, takes)
        finally:
            _sum_up(recorder.kept, recorder.folder.path)


def _must_fit(name: str | None, films: list[Path], *, from_: bool, idle: str | None) -> None:
    """Raises TakeError where the arguments do not go together."""
    from gesturelrcn.takes import TakeError

    if films and not from_:
        raise TakeError(f"One gesture at a time: {films[0]} is one word too many; clips go behind --from.")
    if idle is not None and (name is not None or films):
        raise TakeError("--idle records what is no gesture, from a camera: leave out the name and --from.")
    if idle is None and name is None:
        raise TakeError("Say which gesture: gesturelrcn record wave, or --idle 3m for what is no gesture.")


class _FrontEnd:
    """Tells the user what happens, in words and in the window, and asks about each take."""

    def __init__(self, *, asks: bool) -> None:
        """Args: asks: about each take, where somebody can answer."""
        self._terminal = TerminalAnswers()
        self._asks = asks
        self._window: Preview | None = None
        self._overlay: Overlay | None = None
        self._caption = ""
        self._key: int | None = None

    def open_window(self, recorder: "TakeRecorder", model: str, open_things: ExitStack) -> None:
        """Show a window where there is a screen; else say why not."""
        from gesturelrcn.cli.preview import Preview, PreviewError
        from gesturelrcn.model import read_card
        from gesturelrcn.model.files import card_path
        from gesturelrcn.overlay import Overlay

        self._overlay = Overlay(read_card(card_path(model)))
        try:
            self._window = open_things.enter_context(
                Preview(recorder.stop, recorder.choose_person, on_key=self._pressed, title=_TITLE)
            )
        except PreviewError as problem:
            say(f"No window: {str(problem).replace(' for --preview', '').split(';')[0].rstrip('.')}.")

    def _pressed(self, key: int) -> None:
        self._key = key

    @property
    def _can_ask(self) -> bool:
        return self._asks and (self._terminal.there or self._window is not None)

    def tell(self, progress: "Progress") -> None:
        """One line for each thing that happens."""
        self._caption = progress.text
        if progress.step == "moving":
            return
        text = progress.text
        if progress.step == "question" and self._can_ask:
            self._terminal.lines()  # what was typed before is no answer
            self._key = None
            text += " Keep it? Enter keeps it, r (and Enter) makes it again."
            self._caption = "Enter keeps it, r makes it again"
        say(text)

    def judge(self, candidate: "Candidate") -> bool | None:
        """What the user answers; a good take is kept where nobody can be asked."""
        if not self._can_ask:
            return True
        if self._window is not None:
            self._window.look_up()
        key, self._key = self._key, None
        if key in _KEEP_KEYS or key in _REDO_KEYS:
            return key in _KEEP_KEYS
        for line in self._terminal.lines():
            if line.lower() in (*_KEEP_WORDS, *_REDO_WORDS):
                return line.lower() in _KEEP_WORDS
            say("Enter keeps it, r and Enter makes it again.")
        return None

    def show(self, frame: "Frame", observation: "Observation") -> None:
        """Into the window, with what is to be done at its lower edge."""
        from gesturelrcn.overlay import Note

        if self._window is not None and self._overlay is not None:
            known = self._overlay.see(frame, observation)
            self._window.show(frame, replace(known, action=Note(self._caption, good=True)))


def _place(source: str) -> "int | str | Path | StreamAddress":
    from gesturelrcn.model import assets

    return assets() / "sample.mp4" if source == SAMPLE else source_word(source)


def _films_in(places: list[Path]) -> list[Path]:
    """The films that are named, and those in folders that are."""
    from gesturelrcn.annotation.jobs import find_videos
    from gesturelrcn.model import assets

    if not places:
        return []
    shipped = assets() / "sample.mp4"
    named = [shipped if each == Path(SAMPLE) and not each.exists() else each.expanduser() for each in places]
    return [video for video, _ in find_videos(named)]


def _introduce(name: str, model: str) -> None:
    """Say whether the model knows the gesture."""
    from gesturelrcn.model import read_card
    from gesturelrcn.model.files import card_path
    from gesturelrcn.takes.folder import gesture_name

    gesture, card = gesture_name(name), read_card(card_path(model))
    if gesture == NONE:
        return
    if gesture in card.gestures:
        off = " It is off in that model." if gesture in card.off else ""
        say(f"{card.name} knows {gesture}: these become takes of it.{off}")
    else:
        near = suggestion(gesture, card.gestures)
        meant = f" (did you mean {near}?)" if near else ""
        say(f"{gesture} is a new gesture{meant}.")


def _sum_up(kept: "list[StoredTake]", folder: Path) -> None:
    from gesturelrcn.takes.folder import kept_in_words

    if kept:
        seconds = sum(stored.take.seconds for stored in kept)
        verb = "is" if len(kept) == 1 else "are"
        say(f"{kept_in_words(kept)} {verb} kept, {seconds:.0f} s, in {folder}")
