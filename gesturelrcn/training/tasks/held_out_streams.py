"""What the recurrent part makes of whole streams of joints of people held out, measured like any film."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.evaluation.evaluate import Evaluation, measured_from
from gesturelrcn.evaluation.runner import StreamResult, Trace
from gesturelrcn.evaluation.stitching import StreamPlan, StreamTruth
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.listing import Film, Listing
from gesturelrcn.thresholds import AS_USUAL
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.tasks.thresholds import decoded_events, known_events


def measured_on_streams(
    model: LRCN, card: ModelCard, streams: Sequence[ClipFeatures], folder: Path
) -> Evaluation:
    """The figures of `gesturelrcn evaluate`, of streams of which there are joints only.

    Gestures that are no class of the model are none there; starts where nobody knows what is being done
    (`untold`) count for nothing.

    Args:
        model: in evaluation mode.
        card: its card, with thresholds.
        streams: whole ones.
        folder: of the data set, for messages.
    """
    results = [_result(model, card, stream) for stream in streams if stream.gestures is not None]
    films = [result.plan.film for result in results if result.plan.film is not None]
    return measured_from(Listing(folder, films=films), results, card, folder.name)


def _result(model: LRCN, card: ModelCard, stream: ClipFeatures) -> StreamResult:
    gestures = tuple(one for one in stream.gestures or () if one.gesture in card.classes)
    film = Film(Path(stream.clip.name), stream.clip.name, stream.clip.subject, 0.0, "", gestures)
    seconds = float(stream.times[-1])
    truth = StreamTruth(gestures=list(gestures), seconds=seconds, recorded=seconds)
    scores = stream_scores(model, stream)
    times = stream.times.astype(np.float64)
    trace = Trace(times, scores, np.arange(len(times)) == 0)
    events = known_events(decoded_events(card.classes, card.in_force(AS_USUAL), scores, times), stream.untold)
    return StreamResult(StreamPlan(film.name, film.subject, 0.0, "", film=film), truth, events, trace)


def stream_scores(model: LRCN, stream: ClipFeatures) -> NDArray[np.float32]:
    """(T, C) scores of all frames, memory carried from the first to the last."""
    keypoints = torch.from_numpy(stream.keypoints)[None]
    hands = None
    if model.config.hand_size and stream.hands is not None:
        hands = torch.from_numpy(stream.hands)[None]
    steps = np.diff(stream.times, prepend=stream.times[0] - 1.0 / max(stream.clip.fps, 1.0))
    dt = torch.from_numpy(steps.astype(np.float32))[None]
    with torch.inference_mode():
        logits = model.temporal_pass(keypoints, hands, dt, model.initial_state()).logits
    return np.asarray(logits.softmax(-1)[0].numpy(), np.float32)
