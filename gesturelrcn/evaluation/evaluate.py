"""The whole measurement: a folder in, figures out."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gesturelrcn.evaluation.conditions import GRID, Condition
from gesturelrcn.evaluation.curve import OperatingPoint, curve, headline
from gesturelrcn.evaluation.metrics import figures
from gesturelrcn.evaluation.plans import plan_streams, single_clips
from gesturelrcn.evaluation.predictions import events_by_stream, read_predictions
from gesturelrcn.evaluation.runner import StreamResult, StreamsProgress, run_streams
from gesturelrcn.evaluation.statistics import ratio
from gesturelrcn.evaluation.stitching import StreamTruth
from gesturelrcn.evaluation.tally import Judged, judge
from gesturelrcn.model import EngineName, ModelCard, read_card
from gesturelrcn.model.files import card_path
from gesturelrcn.recordings.listing import Listing
from gesturelrcn.thresholds import AS_USUAL, Sensitivities
from gesturelrcn.vocabulary import NONE

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was measured.

    Attributes:
        listing: what on.
        judged: every stream with its events and truth.
        points: recall against false triggers, from low thresholds to high.
        card: of the model; None where events came from elsewhere.
        figures: all of it as plain types; docs/metrics.md says what each means.
    """

    listing: Listing
    judged: list[Judged]
    points: list[OperatingPoint]
    card: ModelCard | None
    figures: dict[str, Any]


def evaluate(
    listing: Listing,
    model: str | Path = "default",
    engine: EngineName = "onnxruntime",
    *,
    condition: Condition | None = None,
    minutes: float = 0.0,
    workers: int = 1,
    progress: StreamsProgress = lambda done, of: None,
    sensitivities: Sensitivities = AS_USUAL,
) -> Evaluation:
    """Measure a model on all that a listing holds, as streams through the whole recogniser.

    Args:
        listing: from `read_listing(folder)`, and `.only(subjects)` of it.
        model: name of a shipped model, or the path of a card.
        engine: `onnxruntime` or `torch`.
        condition: another camera; default the recording as it is.
        minutes: stitched streams are at least this long, by repeating their clips in another order.
        workers: processes that play streams at the same time; more than one only under
            `if __name__ == "__main__"`, since they are started anew.
        progress: is told how many streams are done, of how many.
        sensitivities: how readily gestures start.

    Returns:
        `.figures` is what `gesturelrcn evaluate --json` prints: a dict of plain types.

    Raises:
        GestureLrcnError: the model cannot be loaded, or nothing can be played.

    Examples:
        >>> listing = read_listing(Path("clips")).only(("S5", "S8"))      # doctest: +SKIP
        >>> evaluate(listing, "my.json", workers=2).figures["core"]["recall"]      # doctest: +SKIP
        0.91
    """
    card = read_card(card_path(model))
    plans = plan_streams(listing, minutes)
    card.in_force(sensitivities)  # what the model has not is said before anything is played
    results = run_streams(plans, model, engine, condition, workers, progress, sensitivities)
    return measured_from(listing, results, card, str(model), sensitivities)


def score_predictions(listing: Listing, path: Path) -> Evaluation:
    """Measure the events that another program has written (`gesturelrcn.evaluation.predictions`).

    Raises:
        GestureLrcnError: the file is none, or names streams that are not there.
    """
    predictions = read_predictions(path)
    plans = plan_streams(listing)
    if {p.stream for p in predictions} & {clip.name for clip in listing.clips}:
        plans = single_clips(listing) + [plan for plan in plans if plan.film is not None]
    events = events_by_stream(predictions, [plan.name for plan in plans], path)
    results = []
    for plan in plans:
        truth = StreamTruth()
        for _ in plan.play(truth):
            pass
        results.append(StreamResult(plan, truth, events[plan.name]))
    return measured_from(listing, results, None, str(path))


def measured_from(
    listing: Listing,
    results: list[StreamResult],
    card: ModelCard | None,
    what: str,
    sensitivities: Sensitivities = AS_USUAL,
) -> Evaluation:
    """All figures of streams that have been played; `what` names the source of events without a card."""
    _note_skipped(listing, results)
    judged = judge(results)
    points = curve(results, card, sensitivities)
    measured = figures(judged, None if card is None else card.classes)
    unknown = unknown_classes(results, card)
    if unknown:
        logger.warning(
            "the model does not know %s: these gestures count as missed", ", ".join(sorted(unknown))
        )
    summary = {
        "data": str(listing.folder),
        "model": what if card is None else card.name,
        **_asked(card, sensitivities),
        "streams": len(results),
        "minutes": sum(result.truth.seconds for result in results) / 60,
        "recorded_minutes": sum(result.truth.recorded for result in results) / 60,
        "repeated_frames": sum(result.repeated for result in results),
        "clips": len(listing.clips),
        "subjects": sorted({result.plan.subject for result in results}),
        "skipped": {"count": len(listing.skipped), "items": [asdict(item) for item in listing.skipped]},
        "unknown_classes": sorted(unknown),
        **measured,
        "headline": headline(points, measured["false_triggers"]["hours"]),
        "curve": [asdict(point) for point in points],
    }
    return Evaluation(listing, judged, points, card, rounded(summary))


def _asked(card: ModelCard | None, sensitivities: Sensitivities) -> dict[str, Any]:
    """How readily gestures started, and which never did, where the model could have done otherwise."""
    if card is None or not (card.operating_points or card.off):
        return {}
    return {"sensitivity": sensitivities.general, "off": list(card.still_off(sensitivities.turned_on))}


def _note_skipped(listing: Listing, results: Sequence[StreamResult]) -> None:
    """Add what turned out while playing, once each, and say it."""
    known = {item.name for item in listing.skipped}
    for item in (item for result in results for item in result.truth.skipped):
        if item.name not in known:
            known.add(item.name)
            logger.warning("%s: skipped: %s", item.name, item.reason)
            listing.skipped.append(item)


def unknown_classes(results: Sequence[StreamResult], card: ModelCard | None) -> set[str]:
    """Gestures that were made and that the model has no score for."""
    made = {gesture.gesture for result in results for gesture in result.truth.gestures}
    return set() if card is None else made - set(card.classes)


def rounded(value: Any) -> Any:
    """Plain types with numbers rounded to four places."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return value


def robustness_grid(
    listing: Listing,
    model: str | Path = "default",
    engine: EngineName = "onnxruntime",
    *,
    workers: int = 1,
    progress: Callable[[str], StreamsProgress] = lambda name: lambda done, of: None,
    sensitivities: Sensitivities = AS_USUAL,
) -> list[dict[str, Any]]:
    """The same measurement under every condition of the grid; one row of figures each.

    Args:
        listing: what on; where it holds clips of two people without a gesture, one condition is that the
            other stands beside.
        model: name or card.
        engine: what runs the network.
        workers: processes.
        progress: given the name of a condition, makes what is told how far it is.
        sensitivities: how readily gestures start.
    """
    idle = tuple(clip for clip in listing.clips if clip.gesture == NONE)
    beside = Condition("another person beside (two pictures in one)", companions=idle)
    grid = [*GRID, *([beside] if len({clip.subject for clip in idle}) > 1 else [])]
    card = read_card(card_path(model))
    rows: list[dict[str, Any]] = []
    for condition in grid:
        results = run_streams(
            plan_streams(listing), model, engine, condition, workers, progress(condition.name), sensitivities
        )
        rows.append(grid_row(condition.name, figures(judge(results), card.classes), results))
    return [rounded(row) for row in rows]


def grid_row(name: str, measured: dict[str, Any], results: Sequence[StreamResult]) -> dict[str, Any]:
    """What the table of the grid shows of one condition."""
    frames = sum(len(result.trace.times) for result in results if result.trace is not None)
    return {
        "condition": name,
        "core_recall": measured["core"]["recall"],
        "core_precision": measured["core"]["precision"],
        "all_recall": measured["all"]["recall"],
        "duplicates": measured["all"]["duplicates"],
        "latency_p50_s": measured["latency_s"]["p50"],
        "false_triggers": measured["false_triggers"]["count"],
        "gesture_free_hours": measured["false_triggers"]["hours"],
        "repeated_pictures": ratio(sum(result.repeated for result in results), frames),
    }
