"""A ring of the last minute or two on disk: scores, events, decisions; never a picture.

JSON lines, so that `gesturelrcn why` can explain them while the program runs and after it has ended, and
`gesturelrcn replay` can decide again.
"""

import json
import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import platformdirs

from gesturelrcn.actions.bindings.text import bindings_to_toml
from gesturelrcn.actions.decisions import ActionNews, Decision, Fact
from gesturelrcn.actions.dispatcher import Dispatcher
from gesturelrcn.capture.frame import Frame
from gesturelrcn.decoding import DecoderSettings
from gesturelrcn.errors import GestureLrcnError, in_short
from gesturelrcn.events import GestureEvent, Hand
from gesturelrcn.observation import Observation
from gesturelrcn.system.private_files import make_private
from gesturelrcn.system.secrets import without_secrets
from gesturelrcn.thresholds import Thresholds, thresholds_from

logger = logging.getLogger(__name__)

VERSION = 2
"""Of the traces that are written. In those of version 1 a gesture that fades goes on giving `hold` events."""
_READ_VERSIONS = (1, VERSION)
KEPT = 60.0
"""Seconds that are always there, as far as the program has run that long."""

_CALM = 1.0
"""Seconds without anything like a gesture after which no decision depends on what was before."""

_LONGEST_SEGMENT = 2 * KEPT
_FLUSH_EVERY = 0.5
_FORGOTTEN_AFTER = 24 * 3600.0
_SEGMENTS = ("a.jsonl", "b.jsonl")
_KINDS: dict[type, str] = {GestureEvent: "event", Decision: "decision", Fact: "fact"}


class TraceError(GestureLrcnError):
    """There is no trace, or it cannot be read."""


@dataclass(frozen=True)
class TraceFrame:
    """One frame, as far as decisions depend on it.

    Attributes:
        at: seconds on the source's clock.
        scores: smoothed, in the order of the classes; None for nobody there.
        forgotten: changes where all evidence was forgotten.
        hand: that acts.
        position: of that hand.
        media: seconds from the beginning of a recording.
    """

    at: float
    scores: tuple[float, ...] | None = None
    forgotten: int = 0
    hand: Hand | None = None
    position: tuple[float, float] | None = None
    media: float | None = None

    @classmethod
    def of(cls, frame: Frame, observation: Observation) -> "TraceFrame":
        """What a trace keeps of a frame; its scores as plain numbers that read back bit for bit."""
        scores = observation.scores
        return cls(
            at=frame.captured_at,
            scores=None if scores is None else tuple(map(float, scores)),
            forgotten=observation.forgotten,
            hand=observation.hand,
            position=observation.position,
            media=frame.media_time,
        )


@dataclass(frozen=True)
class TraceSetting:
    """What does not change while a trace is written.

    Attributes:
        source: what is watched, in the user's words.
        model: name of the model.
        classes: names of the scores.
        thresholds: per gesture, in force at the beginning; a gesture that is off is not among them.
        settings: of the decoder.
        off: where the gestures would start that the model has off.
    """

    source: str
    model: str
    classes: tuple[str, ...]
    thresholds: Mapping[str, Thresholds]
    settings: DecoderSettings = field(default_factory=DecoderSettings)
    off: Mapping[str, Thresholds] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "TraceSetting":
        """The other way round."""
        return cls(
            source=without_secrets(plain["source"]),
            model=plain["model"],
            classes=tuple(plain["classes"]),
            thresholds=thresholds_from(plain["thresholds"]),
            settings=DecoderSettings(**plain["settings"]),
            off=thresholds_from(plain.get("off", {})),  # traces of before do not tell
        )


def trace_folder() -> Path:
    """Where traces of this user lie; it goes away with the session where the system has such a place."""
    return platformdirs.user_runtime_path("gesturelrcn") / "trace"


class TraceWriter:
    """Writes what a dispatcher does. That it cannot write ends nothing: then there is no trace.

    Two files take turns; the older one goes when the newer one covers a minute by itself. Each begins, where
    it can, at a moment when nothing was going on, so that a replay needs nothing from before.
    """

    def __init__(self, folder: Path, setting: TraceSetting, dispatcher: Dispatcher) -> None:
        """Args: folder: is made, for this user only; dispatcher: is listened to from now on."""
        self._folder = folder
        self._setting = setting
        self._dispatcher = dispatcher
        self._file: IO[str] | None = None
        self._segment = 0
        self._began_at: float | None = None
        self._restless_at = 0.0
        self._flushed_at = 0.0
        self._last_id = 0
        self._broken = False
        self._use(setting.thresholds)
        dispatcher.add_listener(self._heard)

    def _use(self, thresholds: Mapping[str, Thresholds]) -> None:
        self._setting = replace(self._setting, thresholds=thresholds)
        starts = (thresholds[name].start if name in thresholds else 2.0 for name in self._setting.classes)
        self._limits = np.array(list(starts))

    def saw(
        self, frame: TraceFrame, active: str | None, thresholds: Mapping[str, Thresholds] | None = None
    ) -> None:
        """Note a frame.

        Args:
            frame: what there is to note.
            active: the gesture that goes on.
            thresholds: that decided it, where they may be others than before.
        """
        before = self._setting.thresholds
        changed = thresholds is not None and thresholds is not before and thresholds != before
        if changed and thresholds is not None:
            self._use(thresholds)
        calm = active is None and (
            frame.scores is None or bool((np.asarray(frame.scores) < self._limits).all())
        )
        if not calm:
            self._restless_at = frame.at
        elif frame.at < self._restless_at:  # the source began again, where nothing goes on any more
            self._restless_at = -math.inf
        self._turn_over_if_due(frame.at)
        if changed:
            self._write("thresholds", {"thresholds": self._setting.to_dict()["thresholds"]})
        self._write("frame", {key: value for key, value in asdict(frame).items() if value is not None})
        if abs(frame.at - self._flushed_at) >= _FLUSH_EVERY:
            self._flushed_at = frame.at
            self._flush()

    def close(self) -> None:
        """Write everything out; the files stay. Closing twice is harmless."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._broken = True

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _heard(self, news: ActionNews) -> None:
        if isinstance(news, GestureEvent):
            self._last_id = max(self._last_id, news.id)
        if self._file is None:
            return
        plain = asdict(news)
        if isinstance(news, Fact):
            plain["fact"] = plain.pop("kind")
        self._write(_KINDS[type(news)], plain)
        self._flush()

    def _turn_over_if_due(self, now: float) -> None:
        if self._broken:
            return
        if self._file is None:
            self._begin(now, calm=True)
            return
        assert self._began_at is not None
        age = now - self._began_at
        calm = now - self._restless_at >= _CALM
        if age < 0 or (age >= KEPT and calm) or age >= _LONGEST_SEGMENT:
            self._segment = 1 - self._segment
            self._begin(now, calm)

    def _begin(self, now: float, calm: bool) -> None:
        self._began_at = now
        head = {
            "version": VERSION,
            "at": now,
            "wall": time.time(),
            "calm": calm,
            "setting": self._setting.to_dict(),
            "bindings": bindings_to_toml(self._dispatcher.bindings),
            "state": self._dispatcher.snapshot(),
            "last_id": self._last_id,
        }
        try:
            if self._file is not None:
                self._file.close()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / _SEGMENTS[self._segment]
            make_private(path)
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            self._give_up(error)
        self._write("begin", head)

    def _write(self, kind: str, plain: dict[str, Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(json.dumps({"kind": kind} | plain) + "\n")
        except (OSError, ValueError) as error:
            self._give_up(error)

    def _flush(self) -> None:
        try:
            if self._file is not None:
                self._file.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        logger.warning("there will be no answer to 'gesturelrcn why': %s", error)
        self._file, self._broken = None, True


def remove_old_traces(folder: Path) -> None:
    """Remove what programs left there that ended long ago."""
    for each in folder.glob("*/*.jsonl"):
        try:
            if time.time() - each.stat().st_mtime > _FORGOTTEN_AFTER:
                each.unlink()
                each.parent.rmdir()
        except OSError:  # another program removes them too, or the other segment is younger
            continue


def newest_trace(folder: Path) -> list[dict[str, Any]]:
    """The lines of the trace that was written to last, oldest first.

    Raises:
        TraceError: there is none.
    """
    segments = sorted(folder.glob("*/*.jsonl"), key=lambda path: path.stat().st_mtime)
    if not segments:
        raise TraceError(
            "There is no trace yet: start gesturelrcn run or slides, and ask during or after it."
        )
    own = [read_lines(path) for path in segments if path.parent == segments[-1].parent]
    own = [lines for lines in own if lines]
    return [line for lines in sorted(own, key=lambda lines: float(lines[0]["wall"])) for line in lines]


@contextmanager
def refused_if_damaged() -> Iterator[None]:
    """Around whatever takes a trace's values for what they should be.

    Raises:
        TraceError: they are not.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise TraceError(f"The trace is damaged: {type(error).__name__} {in_short(error)}.") from error


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of one file; a last one that is not whole is left out.

    Raises:
        TraceError: not such a file.
    """
    try:
        texts = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise TraceError(f"{path}: the trace cannot be read: {what}.") from error
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(texts, 1):
        if not text:
            continue
        try:
            line = json.loads(text)
            if not isinstance(line, dict) or "kind" not in line:
                raise ValueError("no kind")
        except (ValueError, RecursionError) as error:
            if number == len(texts):  # the program is writing it just now
                break
            raise TraceError(
                f"{path}:{number}: this is no trace; gesturelrcn why --save writes one."
            ) from error
        lines.append(line)
    if lines and (lines[0]["kind"] != "begin" or lines[0].get("version") not in _READ_VERSIONS):
        raise TraceError(f"{path}:1: this is no trace of this version; gesturelrcn why --save writes one.")
    return lines


def write_lines(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write JSON lines into a file that only this user can read: a trace says what somebody did, and when.

    Raises:
        TraceError: the file cannot be written.
    """
    try:
        make_private(path)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise TraceError(f"{path}: the trace cannot be written: {error.strerror or error}.") from error
