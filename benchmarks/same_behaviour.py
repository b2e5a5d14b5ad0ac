"""Do two trees of this project see and say the same?

    python benchmarks/same_behaviour.py --old ../before --new . --films FOLDER --data FOLDER

Each tree recognises the sample clip, every film of --films and a fixed choice of the videos below --data, in
a process of its own, once with a step for every frame and once passing over frames in which nobody moves. The
smoothed scores of every frame and all events must be the same, bit for bit; what differs is named, and the
exit code is 1 then. Films for it are made with, for example,

    gesturelrcn synth --out FOLDER --people 5 --hours 0.046 --clips 0.1 --rates 12-30 --seed 16

With --holds-while-weak-are-gone the new tree may leave out `hold` events of gestures whose smoothed score is
below the `end` threshold on the card of its model (and nothing else), but add none.
"""

import argparse
import csv
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SAMPLE = Path("gesturelrcn", "assets", "sample.mp4")
VIDEOS = {".avi", ".mkv", ".mp4", ".webm"}
SEED = 16
RECORD = "--record"
"""Says that this process runs one tree; for `start` alone."""
NAMED = 5
"""Differences written out for one recording; more are only counted."""


@dataclass(frozen=True, eq=False)
class Behaviour:
    """What a tree made of one recording.

    Attributes:
        scores: (T, C) smoothed scores of each frame; a row of NaN where there were none.
        events: as plain values, exact.
        error: what ended it early; "" for nothing.
        ends: per gesture the smoothed score below which it may end, from the card of the model.
    """

    scores: np.ndarray
    events: list[dict[str, Any]]
    error: str = ""
    ends: dict[str, float] = field(default_factory=dict)


class Difference(NamedTuple):
    """How two behaviours differ; `notes` is empty where they do not."""

    largest: float
    notes: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--old", type=Path, required=True, help="a checkout")
    parser.add_argument("--new", type=Path, required=True, help="another one")
    parser.add_argument("--films", type=Path, help="folder of films, all of which are taken")
    parser.add_argument("--data", type=Path, help="folder of recordings, of which some are taken")
    parser.add_argument("--clips", type=int, default=40, help="how many of --data")
    parser.add_argument("--holds-while-weak-are-gone", action="store_true")
    options = parser.parse_args()
    paths = [options.new / SAMPLE]
    paths += videos(options.films) if options.films else []
    paths += chosen(options.data, options.clips) if options.data else []
    with tempfile.TemporaryDirectory() as folder:
        recordings = [str(path.resolve()) for path in paths]
        outs = [Path(folder) / name for name in ("old", "new")]
        trees = [
            start(tree, recordings, out) for tree, out in zip((options.old, options.new), outs, strict=True)
        ]
        failed = [tree.wait() != 0 for tree in trees]
        if any(failed):
            sys.exit("A tree could not be run; what it said stands above.")
        differing = table(paths, *outs, holds_may_go=options.holds_while_weak_are_gone)
    sys.exit(1 if differing else 0)


def videos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEOS)


def chosen(folder: Path, count: int) -> list[Path]:
    """So many videos below `folder`, from each set and person in turn; always the same ones."""
    people = {path.parent / row["path"]: row["subject"] for path in indexes(folder) for row in rows(path)}
    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in videos(folder):
        groups[str(path.relative_to(folder).parts[0]), people.get(path) or path.parent.name].append(path)
    order = random.Random(SEED)
    for group in groups.values():
        order.shuffle(group)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*groups.values()))
    return list(itertools.islice(filter(None, turns), count))


def indexes(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/index.csv"))


def rows(index: Path) -> list[dict[str, str]]:
    with index.open(newline="", encoding="utf-8-sig") as lines:
        return [row for row in csv.DictReader(lines) if {"path", "subject"} <= set(row)]


def start(tree: Path, recordings: list[str], out: Path) -> subprocess.Popen[bytes]:
    """Run `record` on the code of `tree`, which may be older than this file."""
    out.mkdir()
    task = out / "task.json"
    task.write_text(json.dumps({"tree": str(tree.resolve()), "recordings": recordings}), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tree.resolve()), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, __file__, RECORD, str(task)], env=environment, cwd=tree.resolve()
    )


def record(task_path: str) -> None:
    """In the process of one tree: write the behaviour on every recording, by public names alone."""
    import gesturelrcn

    out = Path(task_path).parent
    task = json.loads(Path(task_path).read_text(encoding="utf-8"))
    if not Path(gesturelrcn.__file__).is_relative_to(task["tree"]):
        sys.exit(f"{gesturelrcn.__file__} was imported, not {task['tree']}")
    for number, path in enumerate(task["recordings"]):
        for rests in (False, True):
            write(behaviour(Path(path), rests), out / f"{number}-{rests}.npz")


def behaviour(path: Path, rests: bool) -> Behaviour:
    from gesturelrcn import GestureLrcnError, Recognizer, open_source

    recognizer = Recognizer(rests=rests)
    nothing = np.full(len(recognizer.card.classes), np.nan)
    scores, events, error = [], [], ""
    try:
        with open_source(path) as source:
            for frame in source:
                result = recognizer.process(frame)
                events += getattr(result, "events", result)
                seen = recognizer.view.scores
                scores.append(nothing if seen is None else np.array(seen))
            events += recognizer.finish()
    except GestureLrcnError as problem:
        error = str(problem)
    finally:
        recognizer.close()
    return Behaviour(
        np.array(scores).reshape(len(scores), len(nothing)),
        [asdict(event) for event in events],
        error,
        {gesture: limits.end for gesture, limits in recognizer.card.thresholds.items()},
    )


def write(result: Behaviour, path: Path) -> None:
    events = json.dumps([{**event, "phase": str(event["phase"])} for event in result.events])
    np.savez(path, scores=result.scores, events=events, error=result.error, ends=json.dumps(result.ends))


def read(path: Path) -> Behaviour:
    with np.load(path) as arrays:
        events, ends = (json.loads(str(arrays[name])) for name in ("events", "ends"))
        return Behaviour(arrays["scores"], events, str(arrays["error"]), ends)


def compare(old: Behaviour, new: Behaviour, *, holds_may_go: bool = False) -> Difference:
    """How the new behaviour differs from the old one.

    Args:
        old, new: of the same recording.
        holds_may_go: the new one may lack each `hold` at which the gesture was weaker than where it may end.
    """
    largest, notes = compare_scores(old.scores, new.scores)
    notes += compare_events(old.events, new.events, old.ends if holds_may_go else {})
    if old.error != new.error:
        notes.append(f"errors differ: {old.error!r}, {new.error!r}")
    return Difference(largest, notes)


def compare_scores(old: np.ndarray, new: np.ndarray) -> tuple[float, list[str]]:
    if (old.shape, old.dtype) != (new.shape, new.dtype):
        return np.inf, [f"scores are {old.shape} {old.dtype}, and {new.shape} {new.dtype}"]
    if old.tobytes() == new.tobytes():
        return 0.0, []
    frames = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a.tobytes() != b.tobytes()]
    differences = np.abs(old - new)[frames]
    largest = float(np.nan_to_num(differences, nan=np.inf).max())
    return largest, [f"scores of {len(frames)} frames differ, the first is frame {frames[0]}"]


def compare_events(
    old: list[dict[str, Any]], new: list[dict[str, Any]], may_go_below: dict[str, float]
) -> list[str]:
    """What differs; a `hold` of the old ones may be missing where its score is below that of its gesture."""
    gone = [event for event in old if event not in new]
    added = [event for event in new if event not in old]
    gone = [event for event in gone if not is_weak_hold(event, may_go_below)]
    notes = [f"only old: {json.dumps(event)}" for event in gone]
    notes += [f"only new: {json.dumps(event)}" for event in added]
    if [event for event in old if event in new] != [event for event in new if event in old]:
        notes.append("events come in another order, or another number of times")
    return notes


def is_weak_hold(event: dict[str, Any], limits: dict[str, float]) -> bool:
    return event["phase"] == "hold" and event["confidence"] < limits.get(event["gesture"], 0.0)


def table(paths: list[Path], old: Path, new: Path, *, holds_may_go: bool) -> int:
    """Print how the trees compare; returns how many recordings differ."""
    print(f"{'recording':<50} {'frames':>6} {'largest':>9} {'old':>5} {'new':>5} events")
    differing = 0
    for (number, path), rests in itertools.product(enumerate(paths), (False, True)):
        before, after = (read(folder / f"{number}-{rests}.npz") for folder in (old, new))
        largest, notes = compare(before, after, holds_may_go=holds_may_go)
        differing += bool(notes)
        name = "/".join(path.parts[-3:])[-40:] + (", motion gate" if rests else "")
        counts = f"{len(before.scores):6} {largest:9.3g} {len(before.events):5} {len(after.events):5}"
        verdict = " ".join(["DIFFERS" if notes else "same", before.error]).rstrip()
        print(f"{name:<50} {counts} {verdict}")
        for note in notes[:NAMED]:
            print(f"    {note}")
        if len(notes) > NAMED:
            print(f"    and {len(notes) - NAMED} more")
    print(f"{differing} of {2 * len(paths)} differ" if differing else f"all {2 * len(paths)} are the same")
    return differing


if __name__ == "__main__":
    record(sys.argv[2]) if sys.argv[1:2] == [RECORD] else main()
