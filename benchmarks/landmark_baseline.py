"""The stack that most projects stand on, measured by our ruler: MediaPipe landmarks into an LSTM.

Usage:
    python benchmarks/landmarks.py CLIPS .cache/landmarks     # once; about 0.12 s a frame on one core
    python benchmarks/landmark_baseline.py CLIPS .cache/landmarks [--test S5,S8] [--hands crop]

Trains on everybody but the people of --test, on the same stitched streams as `gesturelrcn evaluate` plays,
with carried state; sets one threshold on a person held out of the training; then writes its events on the
streams of the people of --test to CACHE/events-*.jsonl and prints the figures of
`gesturelrcn evaluate CLIPS --subjects ... --predictions FILE`. The landmarks' own cost is not counted here.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from landmarks import cached_path
from numpy.typing import NDArray
from torch import Tensor, nn

from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.evaluation import match_starts, read_listing, score_predictions
from gesturelrcn.evaluation.plans import plan_streams
from gesturelrcn.evaluation.predictions import lines
from gesturelrcn.evaluation.runner import StreamResult
from gesturelrcn.evaluation.stitching import StreamPlan, StreamTruth
from gesturelrcn.recordings.listing import Listing
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.vocabulary import NONE, mirrored

logger = logging.getLogger(__name__)

CHUNK = 64
"""Frames through which the gradient flows; the state is carried on."""
STARTS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_MIRRORED_POSE = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(i + 1 if i % 2 else i - 1 for i in range(11, 33))]


@dataclass(frozen=True, eq=False)
class Seen:
    """A stitched stream in landmarks.

    Attributes:
        plan, truth: the stream and what happens in it.
        times: (T,) seconds.
        pose: (T, 33, 3) x, y in shoulder widths from the middle of the shoulders, visibility; NaN: nobody.
        hands: (T, 2, 21, 2) in the same measure; NaN: not found.
    """

    plan: StreamPlan
    truth: StreamTruth
    times: NDArray[np.float64]
    pose: NDArray[np.float32]
    hands: NDArray[np.float32]


def see(plan: StreamPlan, cache: Path, hands: str) -> Seen:
    """The landmarks of each frame of a stream, looked up in the cache."""
    truth = StreamTruth()
    by_name = {clip.name: np.load(cached_path(cache, clip)) for clip in set(plan.clips)}
    landmarks = {
        name: (file["pose"], file["hands_crop" if hands == "crop" else "hands_frame"])
        for name, file in by_name.items()
    }
    times, pose, both_hands = [], [], []
    for one in plan.play(truth):
        times.append(one.frame.captured_at)
        marks, both = (values[one.index] for values in landmarks[one.clip])
        pose.append(marks)
        both_hands.append(both[..., :2] if hands != "none" else np.full((2, 21, 2), np.nan))
    return Seen(plan, truth, np.array(times), *_in_shoulder_widths(np.stack(pose), np.stack(both_hands)))


def _in_shoulder_widths(
    pose: NDArray[np.float32], hands: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    middle = pose[:, 11:13, :2].mean(1, keepdims=True)
    width = np.linalg.norm(pose[:, 11, :2] - pose[:, 12, :2], axis=1)
    neck = 1.2 * np.linalg.norm(pose[:, :11, :2].mean(1) - middle[:, 0], axis=1)
    unit = np.maximum(np.maximum(width, neck), 1.0)[:, None, None]
    shares = np.concatenate([(pose[..., :2] - middle) / unit, pose[..., 3:]], -1)
    return shares.astype(np.float32), ((hands - middle[:, None]) / unit[..., None]).astype(np.float32)


def features(pose: NDArray[np.float32], hands: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, F): upper body, and each hand: where it is, its shape in its own measure, whether it was found."""
    wrist = hands[:, :, :1]
    size = np.linalg.norm(hands[:, :, 9] - hands[:, :, 0], axis=-1)[..., None, None]
    shape = (hands - wrist) / np.maximum(size, 0.02)
    visible = ~np.isnan(hands[:, :, 0, :1])
    parts = [pose[:, :25].reshape(len(pose), -1), wrist.reshape(len(pose), -1), shape.reshape(len(pose), -1)]
    values = np.concatenate([*parts, visible.reshape(len(pose), -1)], axis=1)
    return np.clip(np.nan_to_num(values, nan=0.0), -5, 5).astype(np.float32)


def mirror_image(seen: Seen) -> Seen:
    """The same stream in a mirror: left and right change places, in names too."""
    pose = seen.pose[:, _MIRRORED_POSE] * np.array([-1, 1, 1], np.float32)
    hands = seen.hands[:, ::-1] * np.array([-1, 1], np.float32)
    gestures = [TrueGesture(mirrored(g.gesture), g.onset, g.offset) for g in seen.truth.gestures]
    return Seen(seen.plan, StreamTruth(gestures), seen.times, pose, hands)


def targets(seen: Seen, classes: Sequence[str]) -> NDArray[np.int64]:
    """(T,) index of the class: a gesture from a tenth of a second after its onset to its offset."""
    labels = np.full(len(seen.times), classes.index(NONE))
    for made in seen.truth.gestures:
        labels[(seen.times >= made.onset + 0.1) & (seen.times <= made.offset)] = classes.index(made.gesture)
    return labels


class Baseline(nn.Module):
    """Landmarks and the time since the last frame into one LSTM with a softmax on every frame."""

    def __init__(self, width: int, classes: int, hidden: int = 128) -> None:
        super().__init__()
        self.enter = nn.Sequential(nn.Linear(width + 1, hidden), nn.ReLU(), nn.Dropout(0.3))
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.classify = nn.Sequential(nn.Dropout(0.3), nn.Linear(hidden, classes))

    def forward(
        self, seen: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        remembered, state = self.lstm(self.enter(seen), state)
        return self.classify(remembered), state


def _with_dt(values: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.column_stack([values, np.diff(times, prepend=times[0] - 0.05) * 10]).astype(np.float32)


def _another_body(seen: Seen, rng: np.random.Generator) -> Seen:
    """Other proportions, a leaning camera, landmarks that shake, hands that are lost now and then."""
    turn, lean = rng.uniform(-0.12, 0.12, 2)
    across = np.array([[np.cos(turn), np.sin(turn)], [lean - np.sin(turn), np.cos(turn)]]) * rng.uniform(
        0.85, 1.15, 2
    )
    pose, hands = seen.pose.copy(), seen.hands @ across.astype(np.float32)
    pose[..., :2] = pose[..., :2] @ across + rng.normal(0, 0.01, pose[..., :2].shape)
    hands[rng.random(hands.shape[:2]) < rng.uniform(0, 0.3)] = np.nan
    return Seen(seen.plan, seen.truth, seen.times, pose, hands)


def train(streams: Sequence[Seen], classes: Sequence[str], seed: int, epochs: int) -> Baseline:
    """Every epoch each stream once, as it is or mirrored, by another body, at another frame rate."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    both = [(seen, mirror_image(seen)) for seen in streams]
    model = Baseline(features(streams[0].pose[:1], streams[0].hands[:1]).shape[1], len(classes))
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, epochs)
    for epoch in range(epochs):
        batch, labels = _batch([pair[rng.integers(2)] for pair in both], classes, rng)
        state, losses = None, []
        for at in range(0, batch.shape[1], CHUNK):
            logits, state = model(batch[:, at : at + CHUNK], state)
            state = (state[0].detach(), state[1].detach())
            loss = nn.functional.cross_entropy(
                logits.flatten(0, 1),
                labels[:, at : at + CHUNK].flatten(),
                ignore_index=-1,
                label_smoothing=0.05,
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
        schedule.step()
        if (epoch + 1) % 20 == 0:
            logger.info("epoch %d of %d: loss %.3f", epoch + 1, epochs, np.mean(losses))
    return model.eval()


def _batch(
    streams: Sequence[Seen], classes: Sequence[str], rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Streams side by side, the shorter ones repeated, each from a random place on."""
    length = CHUNK * 24
    inputs, labels = [], []
    for seen in (_another_body(seen, rng) for seen in streams):
        keep = rng.random(len(seen.times)) < rng.choice([1.0, 1.0, 0.75, 0.5])
        keep[0] = True
        order = np.flatnonzero(keep)
        row = _with_dt(features(seen.pose[order], seen.hands[order]), seen.times[order])
        place = (np.arange(length) + rng.integers(len(order))) % len(order)
        inputs.append(row[place])
        labels.append(targets(seen, classes)[order][place])
    return torch.from_numpy(np.stack(inputs)), torch.from_numpy(np.stack(labels))


def scores(model: Baseline, seen: Seen) -> NDArray[np.float32]:
    """(T, C) softmax of every frame, with the state carried from the first to the last."""
    with torch.inference_mode():
        inputs = torch.from_numpy(_with_dt(features(seen.pose, seen.hands), seen.times))[None]
        return np.asarray(model(inputs)[0].softmax(-1)[0].numpy(), np.float32)


def events(seen: Seen, said: NDArray[np.float32], classes: Sequence[str], start: float) -> StreamResult:
    """What our decoder makes of the scores, with one threshold for all gestures."""
    limits = {name: Thresholds(start, max(0.3, start - 0.25), 0.1, 0.35) for name in classes if name != NONE}
    decoder = Decoder(classes, limits)
    made = []
    for row, at, nobody in zip(said, seen.times.tolist(), np.isnan(seen.pose[:, 0, 0]), strict=True):
        made += decoder.reset(at) if nobody else decoder.step(Evidence(row, at, at, media_time=at))
    return StreamResult(seen.plan, seen.truth, made + decoder.reset(float(seen.times[-1])))


def choose_start(model: Baseline, streams: Sequence[Seen], classes: Sequence[str]) -> float:
    """The threshold with the best F1 on people who were not trained on."""

    def quality(start: float) -> float:
        matched = true = made = 0
        for seen in streams:
            result = events(seen, scores(model, seen), classes, start)
            counts = match_starts(seen.truth.gestures, result.events)
            matched += len(counts.matched)
            true += len(seen.truth.gestures)
            made += sum(event.phase == "start" for event in result.events)
        return 2 * matched / max(true + made, 1)

    return max(STARTS, key=quality)


def measure(listing: Listing, cache: Path, test: tuple[str, ...], hands: str, seed: int, epochs: int) -> Path:
    """Train, set the threshold, and write the events on the streams of `test`; returns their file."""
    classes = sorted({clip.gesture for clip in listing.clips})
    streams = [see(plan, cache, hands) for plan in plan_streams(listing)]
    training = [seen for seen in streams if seen.plan.subject not in test]
    held_out = sorted({seen.plan.subject for seen in training})[-2]
    first = train([s for s in training if s.plan.subject != held_out], classes, seed, epochs)
    start = choose_start(first, [s for s in training if s.plan.subject == held_out], classes)
    logger.info("threshold %.2f, set on %s", start, held_out)
    model = train(training, classes, seed, epochs)
    tested = [seen for seen in streams if seen.plan.subject in test]
    path = cache / f"events-{hands}-{seed}.jsonl"
    made = [events(seen, scores(model, seen), classes, start) for seen in tested]
    path.write_text("".join(lines(made)))
    return path


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--test", default="S5,S8")
    parser.add_argument("--hands", choices=["frame", "crop", "none"], default="frame")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=120)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    torch.set_num_threads(1)
    listing, test = read_listing(options.clips), tuple(options.test.split(","))
    for seed in range(options.seeds):
        path = measure(listing, options.cache, test, options.hands, seed, options.epochs)
        figures = score_predictions(read_listing(options.clips).only(test), path).figures
        shown = {
            name: figures[name]
            for name in ("core", "all", "levenshtein", "ntd", "latency_s", "false_triggers")
        }
        by_distance = {name: row["core_recall"] for name, row in figures["per_distance"].items()}
        print(json.dumps({"hands": options.hands, "seed": seed, "core_recall": by_distance, **shown}))


if __name__ == "__main__":
    main()
