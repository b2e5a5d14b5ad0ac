"""Events of any program as JSON lines, so that all are measured by the same ruler.

A line is one event, in the form of `gesturelrcn run --json` and with the name of its stream:

    {"stream": "S5 1m upper", "gesture": "wave", "phase": "start", "decided_at": 12.34, "confidence": 0.8}

`stream`, `gesture` and `decided_at` (seconds from the beginning of the stream) must be there; `phase` is
"start" where nothing is said, and other phases are not looked at. `confidence` draws the curve. The streams
are those that `--streams DIR` writes, or, where the names are those of clips, single clips as they are.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation.runner import StreamResult
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.vocabulary import class_name


@dataclass(frozen=True)
class Prediction:
    """An event and the stream that it belongs to."""

    stream: str
    event: GestureEvent


def read_predictions(path: Path) -> list[Prediction]:
    """Read a file of predictions.

    Raises:
        GestureLrcnError: it cannot be read, or a line is none; the message names the line.
    """
    predictions: list[Prediction] = []
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    predictions.append(_prediction(json.loads(line), number))
    except OSError as problem:
        raise GestureLrcnError(f"The predictions {path} cannot be read: {problem.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as mistake:
        raise GestureLrcnError(
            f"{path}:{number}: {mistake!r:.200}: a line needs stream, gesture and decided_at in seconds."
        ) from None
    return predictions


def _prediction(row: dict[str, object], number: int) -> Prediction:
    decided_at = float(row["decided_at"])  # type: ignore[arg-type]
    if not math.isfinite(decided_at):
        raise ValueError(f"decided_at {decided_at}")
    event = GestureEvent(
        class_name(str(row["gesture"])),
        Phase(str(row.get("phase", Phase.START))),
        int(row.get("id", number)),  # type: ignore[call-overload]
        float(row.get("confidence", 1.0)),  # type: ignore[arg-type]
        float(row.get("captured_at", decided_at)),  # type: ignore[arg-type]
        decided_at,
        media_time=decided_at,
    )
    return Prediction(str(row["stream"]), event)


def lines(results: Iterable[StreamResult]) -> Iterable[str]:
    """Our own events in the same form, holds left out."""
    for result in results:
        for event in result.events:
            if event.phase is not Phase.HOLD:
                yield json.dumps({"stream": result.plan.name, **event.to_dict()}) + "\n"


def events_by_stream(
    predictions: Sequence[Prediction], names: Iterable[str], path: Path
) -> dict[str, list[GestureEvent]]:
    """The events of each stream.

    Raises:
        GestureLrcnError: an event names a stream that is not there.
    """
    events: dict[str, list[GestureEvent]] = {name: [] for name in names}
    for prediction in predictions:
        if prediction.stream not in events:
            raise GestureLrcnError(
                f"{path}: there is no stream {prediction.stream!r}; the first of {len(events)} is"
                f" {next(iter(events), '')!r}."
            )
        events[prediction.stream].append(prediction.event)
    return events
