"""Records takes of a gesture: before a camera, or from films that are there already."""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gesturelrcn.capture import Frame, LiveSource, Source, SourceChange, open_source
from gesturelrcn.capture.address import StreamAddress
from gesturelrcn.capture.source import parse_source
from gesturelrcn.errors import CaptureError
from gesturelrcn.events import Phase
from gesturelrcn.observation import Observation
from gesturelrcn.takes.cutting import Candidate, TakeCutter
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.folder import StoredTake, TakeFolder, gesture_name
from gesturelrcn.takes.idle import IdleStretch
from gesturelrcn.takes.live_takes import COUNTDOWN, GIVE_UP, LiveTakes
from gesturelrcn.takes.progress import Judge, Progress, Step, Tell
from gesturelrcn.takes.sight import Sight, Watcher, weights_of
from gesturelrcn.takes.writing import film_of
from gesturelrcn.vocabulary import NONE

if TYPE_CHECKING:
    from gesturelrcn.model import EngineName
    from gesturelrcn.recognizer import Recognizer

MOST = 1000
"""Takes that are made at once, at the most."""
_LOOK_UP = 0.1
"""Seconds; how often is looked up while a camera gives no frame, or a user no answer."""
_TELLS_EVERY = 10.0
"""Seconds of a stretch without a gesture after which it is said how much there is."""

Show = Callable[[Frame, Observation], object]
"""Gets each frame with what was made of it, in the thread that records: a window can be drawn there."""


class TakeRecorder:
    """Makes takes and keeps them in the user's folder.

    Attributes:
        folder: of the takes.
        kept: what the last call kept so far, also where it was ended by an error.

    Examples:
        >>> recorder = TakeRecorder(tell=lambda progress: print(progress.text))   # doctest: +SKIP
        >>> recorder.record("wave", source=0, takes=5)                           # doctest: +SKIP
    """

    def __init__(
        self,
        folder: TakeFolder | None = None,
        *,
        pictures: bool = True,
        model: str | Path = "default",
        engine: "EngineName" = "onnxruntime",
        mirrored: bool = False,
        fps: float | None = None,
        open_timeout: float | None = None,
        tell: Tell = lambda progress: None,
        judge: Judge = lambda candidate: True,
        show: Show = lambda frame, observation: None,
    ) -> None:
        """Set up the recorder; nothing is opened or made yet.

        Args:
            folder: default `TakeFolder()`.
            pictures: keep a film beside what the CNN saw.
            model: name or card of the model whose CNN looks.
            engine: `onnxruntime` or `torch`.
            mirrored: the source delivers mirrored pictures.
            fps: pictures a second; see `gesturelrcn.capture.source.open_source`.
            open_timeout: seconds in which a network stream must answer.
            tell: is told what happens.
            judge: is asked about each good take; default keeps it.
            show: gets each frame.

        Raises:
            ModelError: there is no such model.
            TakeError: the folder cannot be one of takes.
        """
        self.folder = folder or TakeFolder()
        self._pictures = pictures
        self._model: str | Path = model
        self._weights = weights_of(model)
        self._engine: EngineName = engine
        self._mirrored, self._fps, self._open_timeout = mirrored, fps, open_timeout
        self._tell, self._judge, self._show = tell, judge, show
        self._stopping = False
        self._recognizing: Recognizer | None = None
        self.kept: list[StoredTake] = []

    def stop(self) -> None:
        """End after the frame in hand; from any thread or a signal handler. What is kept stays."""
        self._stopping = True

    def choose_person(self, x: float, y: float) -> None:
        """Where there are several people, follow whoever is nearest to this place, in pixels of the frame."""
        if self._recognizing is not None:
            self._recognizing.choose_person(x, y)

    def record(
        self, gesture: str, source: int | str | Path | StreamAddress = 0, takes: int = 5
    ) -> list[StoredTake]:
        """Make takes of a gesture; returns those that are kept.

        Of a recording, the motions in it are the takes, until there are enough or it ends.

        Args:
            gesture: name; "Raise hand" is raise_hand.
            source: camera, address, or a recording.
            takes: how many.

        Raises:
            CaptureError: the source cannot be opened.
            TakeError: the name or number is none, nothing happens for a minute, or a take cannot be written.
        """
        name = gesture_name(gesture)
        if not 1 <= takes <= MOST:
            raise TakeError(f"{takes} takes cannot be made: ask for 1 to {MOST}; 5 are a good beginning.")
        if name == NONE:
            raise TakeError("What is no gesture has no beginning and end: record it with --idle 3m.")
        place = parse_source(source)
        if isinstance(place, Path):
            return self.take_over(name, [place], most=takes)
        self.kept = []
        with self._opened_live(place) as live:
            self.folder.make()
            session = LiveTakes(
                name,
                takes,
                cutter=TakeCutter(),
                tell=self._tell,
                judge=self._judge,
                keep=lambda candidate: self._keep(candidate, name),
            )
            for observed in self._live(live):
                if isinstance(observed, float):
                    session.poll(observed)
                else:
                    session.see(observed[1])
                if session.done:
                    break
        return list(self.kept)

    def idle(self, seconds: float, source: int | str | Path | StreamAddress = 0) -> list[StoredTake]:
        """Record what the user does who makes no gesture, for so many seconds in which somebody is seen.

        Raises:
            CaptureError: the source cannot be opened.
            TakeError: nobody is seen for a minute, or a piece cannot be written.
        """
        place = parse_source(source)
        if isinstance(place, Path):
            return self.take_over(NONE, [place], seconds=seconds)
        self.kept = []
        with self._opened_live(place) as live:
            self.folder.make()
            stretch = self._stretch(hurry=True)
            try:
                self._watch_idle(live, stretch, seconds)
            except TakeError:  # the camera is away, for example: what was seen before counts
                stretch.finish()
                raise
            except BaseException:
                stretch.throw_away()
                raise
            stretch.finish()
        return list(self.kept)

    def take_over(
        self, gesture: str, films: Sequence[Path], *, most: int = MOST, seconds: float = float("inf")
    ) -> list[StoredTake]:
        """Make takes of films that are there: every motion in them, or of `none` all that is in them.

        Films in which there is no take are told of and left out.

        Args:
            gesture: name, or `none`.
            films: video files or folders of pictures.
            most: takes after which no more are wanted.
            seconds: of `none` after which no more is wanted.

        Raises:
            CaptureError: none of them can be opened.
            TakeError: there is no take in any of them, or one cannot be written.
        """
        name = gesture_name(gesture)
        if not films:
            raise TakeError("There is no film to take over: name one.")
        self.kept = []
        recognizer = self._recognizer(live=False)
        refused: list[str] = []
        try:
            made = False
            for film in films:
                if self._stopping or len(self.kept) >= most:
                    break
                try:
                    with self._opened(film) as source:
                        if not made:
                            self.folder.make()
                            made = True
                        refused += self._of_film(source, recognizer, name, most, seconds)
                except CaptureError as problem:
                    if len(films) == 1:
                        raise
                    self._say("refused", f"Left out: {problem}")
                    refused.append(str(problem))
        finally:
            recognizer.close()
        if not self.kept and not self._stopping and refused:
            what = refused[0] if len(refused) == 1 else f"none of {len(refused)}; each is named above"
            raise TakeError(f"There is no take of {name}: {what.rstrip('.')}.")
        return list(self.kept)

    def _of_film(
        self, source: Source, recognizer: "Recognizer", name: str, most: int, seconds: float
    ) -> list[str]:
        """Take over one film; returns why something in it is no take."""
        watcher = Watcher(recognizer)
        if name == NONE:
            return self._idle_of(source, watcher, seconds)
        cutter, refused, somebody, found = TakeCutter(clip=True), [], False, 0

        def take_up(candidate: Candidate | None) -> None:
            nonlocal found
            if candidate is None or len(self.kept) >= most:
                return
            found += 1
            problem = candidate.problem
            if problem:
                when = f"{candidate.motion.onset:.1f} s" if candidate.motion.onset else "its beginning"
                refused.append(f"{source.name}: at {when} {problem}")
                self._say("refused", f"{source.name}: at {when} no take: {problem}.", len(self.kept) + 1)
                return
            self._say("question", f"{source.name}: {candidate.in_words}.", len(self.kept) + 1)
            wanted = self._answer(candidate)
            if wanted:
                self._keep(candidate, name)
                self._say("kept", "Kept.", len(self.kept))
            elif wanted is False:
                self._say("redo", "Thrown away.", len(self.kept) + 1)

        for frame in source:
            if self._stopping or len(self.kept) >= most:
                return refused
            sight = self._seen(frame, watcher)
            if sight is not None:
                somebody = somebody or sight.joints is not None
                take_up(cutter.see(sight))
        take_up(cutter.finish())
        if not found:
            why = "nothing moves in it, it is all rest" if somebody else "nobody is seen in it"
            refused.append(f"{source.name}: {why}")
            self._say("refused", f"{source.name}: no take: {why}.")
        return refused

    def _idle_of(self, source: Source, watcher: Watcher, seconds: float) -> list[str]:
        stretch = self._stretch(hurry=False)
        before = len(self.kept)
        try:
            for frame in source:
                sight = self._seen(frame, watcher)
                if self._stopping or stretch.seconds >= seconds:
                    break
                if sight is not None:
                    stretch.see(sight)
        except BaseException:
            stretch.throw_away()
            raise
        stretch.finish()
        if len(self.kept) == before:
            self._say("refused", f"{source.name}: nobody is seen in it.")
            return [f"{source.name}: nobody is seen in it"]
        self._say("idle", f"{source.name}: {_minutes(stretch.seconds)} without a gesture.")
        return []

    def _watch_idle(self, live: LiveSource, stretch: IdleStretch, seconds: float) -> None:
        self._say("countdown", f"In {COUNTDOWN:.0f} seconds: do what you usually do, but make no gesture.")
        begin = seen_at = None
        told = 0.0
        for observed in self._live(live):
            at = observed if isinstance(observed, float) else observed[1].at
            begin = at if begin is None else begin
            seen_at = at if seen_at is None else seen_at
            if not isinstance(observed, float) and at - begin >= COUNTDOWN:
                observation, sight = observed
                stretch.see(sight)
                seen_at = at if sight.joints is not None else seen_at
                for event in observation.events:
                    if event.phase is Phase.START:
                        when = _minutes(stretch.seconds)
                        self._say("false_start", f"{when}: {event.gesture} would have started here.", at=at)
            if at - seen_at > GIVE_UP + COUNTDOWN:
                raise TakeError(
                    f"For a minute nobody is seen; {_minutes(stretch.seconds)} without a gesture were seen"
                    " before."
                )
            if stretch.seconds >= seconds:
                return
            if stretch.seconds - told >= _TELLS_EVERY:
                told = stretch.seconds
                self._say("idle", f"{_minutes(told)} of {_minutes(seconds)}.", at=at)

    def _live(self, live: LiveSource) -> Iterator[tuple[Observation, Sight] | float]:
        """What is seen, frame by frame; the time where there is none for a while.

        Raises:
            TakeError: the camera is away for a minute.
        """
        news: queue.SimpleQueue[SourceChange] = queue.SimpleQueue()
        live.on_change(news.put)
        recognizer = self._recognizer(live=True)
        watcher, last = Watcher(recognizer), time.monotonic()
        try:
            while not self._stopping:
                frame = live.newest(_LOOK_UP)
                while not news.empty():
                    self._tell_change(news.get())
                if frame is None:
                    if time.monotonic() - last > GIVE_UP:
                        raise TakeError(f"{live.name} gives no picture for a minute; {self._so_far}.")
                    yield time.monotonic()
                    continue
                last = time.monotonic()
                sight = self._seen(frame, watcher)
                if sight is not None:
                    yield recognizer.view, sight
        finally:
            recognizer.close()

    @property
    def _so_far(self) -> str:
        count = len(self.kept)
        return f"{count} take{' is' if count == 1 else 's are'} kept" if count else "no take is kept"

    def _tell_change(self, change: SourceChange) -> None:
        if not change.state.delivers:
            self._say("camera", f"{change.source} is {change.state}: waiting for it.", at=change.at)
        elif change.silent_for:
            self._say("camera", f"{change.source} is back.", at=change.at)

    def _seen(self, frame: Frame, watcher: Watcher) -> Sight | None:
        observation, sight = watcher.see(frame)
        self._show(frame, observation)
        return sight

    def _answer(self, candidate: Candidate) -> bool | None:
        while (answer := self._judge(candidate)) is None and not self._stopping:
            time.sleep(_LOOK_UP)
        return answer

    def _keep(self, candidate: Candidate, gesture: str) -> None:
        take = candidate.take(gesture, self._name(), self._weights)
        film = film_of(candidate.sights, self.folder) if self._pictures else None
        self.kept.append(self.folder.keep(take, film))

    def _stretch(self, *, hurry: bool) -> IdleStretch:
        return IdleStretch(
            self.folder,
            pictures=self._pictures,
            hurry=hurry,
            model=self._name(),
            weights=self._weights,
            kept=self.kept.append,
        )

    def _name(self) -> str:
        from gesturelrcn.model import read_card
        from gesturelrcn.model.files import card_path

        return read_card(card_path(self._model)).name

    def _opened(self, film: Path) -> Source:
        return open_source(film, mirrored=self._mirrored, fps=self._fps)

    def _opened_live(self, place: int | StreamAddress) -> LiveSource:
        return LiveSource(place, mirrored=self._mirrored, fps=self._fps, open_timeout=self._open_timeout)

    def _recognizer(self, *, live: bool) -> "Recognizer":
        from gesturelrcn.recognizer import Recognizer

        self._recognizing = Recognizer(self._model, engine=self._engine, live=live, rests=False)
        return self._recognizing

    def _say(self, step: Step, text: str, take: int = 0, *, at: float = 0.0) -> None:
        self._tell(Progress(step, text, take, 0, at))


def record(
    gesture: str,
    takes: int = 5,
    source: int | str | Path | StreamAddress = 0,
    *,
    folder: Path | None = None,
    pictures: bool = True,
    progress: Tell = lambda progress: None,
    judge: Judge = lambda candidate: True,
) -> list[StoredTake]:
    """Record takes of a gesture: count down, cut each around its motion, keep it in the user's folder.

    Args:
        gesture: name; one that the model knows, or a new one.
        takes: how many.
        source: camera, address, or a recording.
        folder: of the takes; default `takes_folder()`.
        pictures: keep films beside what the CNN saw.
        progress: is told what happens.
        judge: is asked about each good take: True keeps it, False makes it again, None asks again soon.

    Returns:
        The takes that are kept, in order.

    Raises:
        GestureLrcnError: the source cannot be opened, nothing happens for a minute, or the disk is full; what
            was kept before stays.

    Examples:
        >>> record("wave", takes=5, progress=lambda now: print(now.text))      # doctest: +SKIP
    """
    recorder = TakeRecorder(TakeFolder(folder), pictures=pictures, tell=progress, judge=judge)
    return recorder.record(gesture, source, takes)


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d} min"
