"""Gestures of people whom the temporal heads have not learnt from, over folds of all people and some seeds.

    python benchmarks/unknown_people.py CONFIG --data ../shared/data --run RUN [--learn SET,SET ...]

RUN is the folder of a training with this config that has come as far as the stage `features`; nothing is
looked at anew. The people of all sets, those whom the config holds out too, are dealt into folds. For each
fold heads are taught without its people, and judged on them:

- stitched: clips put together with pauses and ways back;
- streams: whole streams as they are;
- footage: clips without a gesture of sets that have a budget of false starts, by budget.

The thresholds of a fold are set on the other folds: nothing is chosen on the people who are judged. `--learn`
(more than once) names the sets that are learnt from, to see what each brings; judged are always all.
What is trained is kept in RUN/unknown_people and not trained again.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from lightning_fabric import Fabric

from gesturelrcn.evaluation.metrics import CORE
from gesturelrcn.training.config.config import Config
from gesturelrcn.training.config.file import read_config
from gesturelrcn.training.data.feature_sets import FeatureSet, feature_sets
from gesturelrcn.training.run.folder import RunFolder
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.tasks.cross_validation import (
    Fold,
    FoldTrainer,
    folds_of,
    held_out_by_fold,
    train_folds,
)
from gesturelrcn.training.tasks.thresholds import BUDGETS, ScoredStream, ThresholdTrials, clip_scores
from gesturelrcn.training.tasks.unknown_people import budgets_of, streams_of_people
from gesturelrcn.vocabulary import NONE


@dataclass
class Figures:
    """What was counted at one operating point, over all folds of one seed.

    Attributes:
        true, found, wrong: by gesture; wrong starts in footage are not in it.
        late: seconds from onset to decision.
        footage: false starts by kind.
        hours: of footage by kind.
    """

    true: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    footage: Counter[str] = field(default_factory=Counter)
    hours: dict[str, float] = field(default_factory=dict)

    def add(self, stream: ScoredStream, classes: tuple[str, ...], thresholds: Any) -> None:
        """Count one stream."""
        counts = stream.counts(classes, thresholds)
        wrong = [event.gesture for event in (*counts.wrong_class, *counts.spurious)]
        if stream.kind:
            self.footage[stream.kind] += len(wrong)
            self.hours[stream.kind] = self.hours.get(stream.kind, 0.0) + stream.hours
            return
        self.true.update(one.gesture for one in stream.truth)
        self.found.update(gesture.gesture for gesture, _ in counts.matched)
        self.late += [event.decided_at - gesture.onset for gesture, event in counts.matched]
        self.wrong.update(wrong)

    def summary(self) -> dict[str, Any]:
        """The figures as plain data."""
        core = [name for name in CORE if name != NONE]

        def share(names: list[str]) -> float:
            shown = [self.found[name] / self.true[name] for name in names if self.true[name]]
            return float(np.mean(shown)) if shown else float("nan")

        found, wrong = sum(self.found.values()), sum(self.wrong.values())
        return {
            "recall": {name: self.found[name] / self.true[name] for name in sorted(self.true)},
            "wrong": dict(self.wrong),
            "core_recall": share(core),
            "mean_recall": share(sorted(self.true)),
            "precision": found / max(found + wrong, 1),
            "median_late": float(np.median(self.late)) if self.late else float("nan"),
            "false_starts_an_hour": {kind: self.footage[kind] / hours for kind, hours in self.hours.items()},
            "minutes": {kind: 60 * hours for kind, hours in self.hours.items()},
        }


def judged(config: Config, everything: FoldTrainer, folds: list[Fold], seed: int) -> dict[str, Any]:
    """The figures of one seed, at each operating point, and the share of clips that are rightly named."""
    classes = everything.network.classes
    right: Counter[str] = Counter()
    clips: Counter[str] = Counter()
    trials = []
    hours = config.thresholds.hours / len(folds)
    for number, (model, seen) in enumerate(held_out_by_fold(everything, folds)):
        named = set()
        for of, clip in seen:
            if clip.gestures is None and clip.clip.distance_m and clip.clip.name not in named:
                named.add(clip.clip.name)
                mean = clip_scores(model, clip)[len(clip.times) // 2 :].mean(0)
                hit = classes[int(mean.argmax())] == clip.gesture
                for key in (of.name, f"{of.name} {clip.clip.distance_m:g} m"):
                    clips[key] += 1
                    right[key] += hit
        streams = streams_of_people(
            model, [(of, clip) for of, clip in seen if of.judged], hours, seed + number
        )
        trials.append(ThresholdTrials.on(classes, streams))
        print(".", end="", file=sys.stderr, flush=True)
    result: dict[str, Any] = {"clips_right": {name: right[name] / clips[name] for name in sorted(clips)}}
    for point, allowed in budgets_of(everything.sets).items():
        figures = Figures()
        for number, own in enumerate(trials):
            others = [trial for other, trial in enumerate(trials) if other != number]
            together = others[0]
            for trial in others[1:]:
                together = together.and_on(trial)
            thresholds = together.worthwhile(config.thresholds, allowed)
            for stream in own.streams:
                figures.add(stream, classes, thresholds)
        result[point] = figures.summary()
    return result


def shown(name: str, per_seed: list[dict[str, Any]]) -> list[str]:
    """Lines of a table in Markdown: mean and, with several seeds, spread."""

    def told(values: list[float], form: str = "{:.0%}") -> str:
        spread = f" (± {form.format(float(np.std(values, ddof=1)))})" if len(values) > 1 else ""
        return form.format(float(np.mean(values))) + spread

    lines = []
    for point in BUDGETS:
        of_point = [seed[point] for seed in per_seed]
        cells = [
            told([one["core_recall"] for one in of_point]),
            told([one["mean_recall"] for one in of_point]),
            told([one["precision"] for one in of_point]),
            told([one["median_late"] for one in of_point], "{:.2f}"),
            *(
                told([one["false_starts_an_hour"][kind] for one in of_point], "{:.0f}")
                for kind in sorted(of_point[0]["false_starts_an_hour"])
            ),
        ]
        lines.append(f"| {name} | {point} | " + " | ".join(cells) + " |")
    lines.append("")
    lines += [
        f"clips right, {key}: {told([seed['clips_right'][key] for seed in per_seed])}"
        for key in per_seed[0]["clips_right"]
    ]
    for gesture in per_seed[0]["normal"]["recall"]:
        at = [
            f"{point} {told([seed[point]['recall'][gesture] for seed in per_seed])},"
            f" {np.mean([seed[point]['wrong'].get(gesture, 0) for seed in per_seed]):.1f} wrong"
            for point in BUDGETS
        ]
        lines.append(f"{gesture}: {'; '.join(at)}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--learn", action="append", default=[])
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    config = read_config(args.config)
    cache = args.cache or args.run.parent / "cache"
    training = Training(config, args.data, RunFolder(args.run), cache, Fabric(accelerator="cpu", devices=1))
    parts = ("training", "everybody")
    sets = feature_sets(args.run, training.sets, training.classes, parts)
    figures: dict[str, Any] = {}
    for learn in args.learn or [",".join(of.name for of in sets)]:
        chosen = [of for of in sets if of.name in learn.split(",")]
        figures[learn] = []
        for seed in map(int, args.seeds.split(",")):
            settings = replace(config.recognition, seed=seed, steps=args.steps or config.recognition.steps)
            trainer = FoldTrainer(training.network_config, settings, chosen)
            folds = folds_of(sets, args.folds, _folder(args.run, trainer, args.folds))
            folds[0].weights.parent.mkdir(parents=True, exist_ok=True)
            train_folds(trainer, folds, args.workers, lambda done, of: None)
            figures[learn].append(judged(config, replace(trainer, sets=sets), folds, seed))
        print("\n".join(shown(learn, figures[learn])), flush=True)
    if args.out:
        args.out.write_text(json.dumps(figures, indent=1) + "\n")


def _folder(run: Path, trainer: FoldTrainer, folds: int) -> Path:
    """Another one for everything that makes other weights."""

    def plain(of: FeatureSet) -> list[Any]:
        return [of.name, of.weight, of.weights, [path.stat().st_size for path in of.paths], of.unlabelled]

    made_from = [asdict(trainer.network), asdict(trainer.settings), [plain(of) for of in trainer.sets], folds]
    return run / "unknown_people" / hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:10]


if __name__ == "__main__":
    main()
