"""Folders full of filmed people: planned by a seed, filmed by several processes, resumed after any end.

A folder has one sub-folder a person, in it films (`clip-007-wave.mp4`, `stream-00.mp4`), each with its truth
beside it (`.jsonl`, and for whole bodies a table of numbers, `.csv`); `index.csv` lists the clips,
`streams.csv` the streams, `contact_sheet.jpg` shows some.
Every film depends on the seed, the person and its number only: workers and interruptions change nothing.
"""

import contextlib
import csv
import fcntl
import io
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

from gesturelrcn.recordings.film_truth import read_film_facts
from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.dataset.contact_sheet import contact_sheet
from gesturelrcn.synthesis.dataset.plan import Recipe, Take, plan
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.studio import FilmedStream, Studio
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.whole_files import remove_parts, write_whole
from gesturelrcn.system.worker_pool import leave_to_parent, one_thread_each, worker_pool

CLIP_COLUMNS = (
    *("path", "subject", "gesture", "source_label", "distance_m"),
    *("framing", "frames", "fps", "onset_s"),
)
STREAM_COLUMNS = ("path", "subject", "gestures", "distance_m", "framing", "frames", "fps")
RECIPE_FILE = "recipe.json"


FilmProgress = Callable[[float, float], None]
"""Is told the seconds of film that are there and the seconds that there will be."""


@dataclass(frozen=True)
class FilmDataset:
    """What is in the folder when all is done."""

    folder: Path
    clips: int
    streams: int
    seconds: float


def make_dataset(
    recipe: Recipe, out: Path, workers: int = 1, progress: FilmProgress = lambda done, of: None
) -> FilmDataset:
    """Film everything that is not there yet, then write the lists and the contact sheet.

    Raises:
        GestureLrcnError: the recipe makes no sense, the folder cannot be written or holds something else,
            the disk is full, or a worker died. What is written is whole; the same call goes on from there.
    """
    recipe.check()
    if workers < 1:
        raise SynthesisError(f"{workers} workers cannot work: ask for at least 1.")
    with _claimed(out, recipe):
        takes = [plan(recipe, person) for person in range(recipe.people)]
        try:
            _film_all(recipe, out, takes, workers, progress)
        finally:
            _clear(out)
        flat = [take for of_person in takes for take in of_person]
        _write_lists(out, flat)
        write_whole(out / "contact_sheet.jpg", contact_sheet([out / f"{take.name}.jsonl" for take in flat]))
    clips = sum(take.gesture is not None for take in flat)
    return FilmDataset(out, clips, len(flat) - clips, sum(take.seconds for take in flat))


@contextlib.contextmanager
def _claimed(out: Path, recipe: Recipe) -> Iterator[None]:
    """The folder is there, holds this recipe's films or nothing, and nobody else fills it."""
    path = out / RECIPE_FILE
    try:
        out.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text() != recipe.identity():
            raise SynthesisError(
                f"{out} holds films of another recipe ({path}): choose another folder, or the same options."
            )
        if not path.exists():
            if any(other.suffix != ".part" for other in out.iterdir()):
                raise SynthesisError(f"{out} has other things in it: choose a new or an empty folder.")
            write_whole(path, recipe.identity().encode())
        with path.open("rb") as claim:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise SynthesisError(f"{out} is being filled by another run: wait for its end.") from error
    except OSError as error:
        raise SynthesisError(
            f"Films cannot be written to {out} ({error.strerror or error}): choose another folder."
        ) from error


def _is_there(out: Path, take: Take) -> bool:
    """The truth is written last, so where it is, the film is."""
    return (out / f"{take.name}.jsonl").exists() and (out / f"{take.name}.mp4").exists()


def _film_all(
    recipe: Recipe, out: Path, takes: list[list[Take]], workers: int, progress: FilmProgress
) -> None:
    missing = [[take for take in of_person if not _is_there(out, take)] for of_person in takes]
    total = sum(take.seconds for of_person in takes for take in of_person)
    done = total - sum(take.seconds for of_person in missing for take in of_person)
    progress(done, total)
    missing = [of_person for of_person in missing if of_person]
    if not missing:
        return
    _clear(out)
    context = multiprocessing.get_context("spawn")
    reports = context.SimpleQueue()
    advice = "give the same command again, with fewer --workers if need be; it goes on where it ended"
    with (
        one_thread_each("LP_NUM_THREADS"),
        worker_pool(workers, context, _begin_work, (reports,), advice) as pool,
    ):
        futures = [pool.submit(_film_person, recipe, out, of_person) for of_person in missing]
        for seconds in _reported(reports, futures):
            done += seconds
            progress(min(done, total), total)


def _clear(out: Path) -> None:
    """Away with the halves of files that workers left who were killed."""
    for folder in (out, *(other for other in out.iterdir() if other.is_dir())):
        remove_parts(folder)


def _reported(reports: "SimpleQueue[float]", futures: list[Future[None]]) -> Iterator[float]:
    """Seconds of film as they are made, until all futures are done; raises what a worker raised."""
    open_futures = set(futures)
    while open_futures:
        finished, open_futures = wait(open_futures, timeout=0.2, return_when=FIRST_COMPLETED)
        while not reports.empty():
            yield reports.get()
        for future in finished:
            future.result()


_report: list[Callable[[float], None]] = []
"""Tells the parent seconds of film: one in every worker, none in the parent, who makes no films."""


def _begin_work(reports: "SimpleQueue[float]") -> None:
    """First thing in every worker."""
    leave_to_parent()
    cv2.setNumThreads(1)
    _report.append(reports.put)


def _film_person(recipe: Recipe, out: Path, takes: list[Take]) -> None:
    """Film what is missing of one person, in a worker."""
    folder = (out / takes[0].name).parent
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise SynthesisError(
            f"{folder} cannot be written ({error.strerror}): choose another folder."
        ) from error
    with Studio(takes[0].seed[:2], recipe.size, recipe.pictures()) as studio:
        for take in takes:
            _film_take(studio, recipe, take, out / f"{take.name}.mp4")


def _film_take(studio: Studio, recipe: Recipe, take: Take, path: Path) -> None:
    write = take.writer(recipe.vocabulary, recipe.known_tracks())
    stream = studio.film(write, take.chance(), recipe.fps, recipe.rates)
    pictures = _with_reports(stream, take.seconds / stream.frames)
    write_video(path, pictures, recipe.fps, times=None if recipe.rates is None else stream.times)
    if stream.head_heights:
        write_whole(path.with_suffix(".csv"), stream.table().encode())
    truth = stream.truth(path.name, take.subject)
    write_whole(path.with_suffix(".jsonl"), "".join(f"{line}\n" for line in truth.lines()).encode())


def _with_reports(images: FilmedStream, seconds: float) -> Iterator[Pixels]:
    (report,) = _report
    for image in images:
        yield image
        report(seconds)


def _write_lists(out: Path, takes: list[Take]) -> None:
    clips, streams = [], []
    for take in takes:
        film, gestures = read_film_facts(out / f"{take.name}.jsonl")
        row: dict[str, Any] = {"path": f"{take.name}.mp4", **asdict(film)}
        if take.gesture is None:
            streams.append(row | {"gestures": len(gestures)})
            continue
        onset = f"{gestures[0].onset:.2f}" if gestures else ""
        clips.append(row | {"gesture": take.gesture, "source_label": "synthetic", "onset_s": onset})
    write_whole(out / "index.csv", _csv(CLIP_COLUMNS, clips))
    write_whole(out / "streams.csv", _csv(STREAM_COLUMNS, streams))


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()
