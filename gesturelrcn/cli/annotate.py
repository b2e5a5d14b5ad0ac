"""`gesturelrcn annotate`."""

import json as json_module
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesturelrcn.cli import options
from gesturelrcn.cli.arguments import all_words, asked_for, worker_count
from gesturelrcn.cli.bars import progress_bars
from gesturelrcn.cli.console import say
from gesturelrcn.cli.options import SAMPLE, EngineChoice
from gesturelrcn.cli.signals import StopSignals
from gesturelrcn.errors import CaptureError
from gesturelrcn.system.processors import cores
from gesturelrcn.thresholds import AS_USUAL, Sensitivities

if TYPE_CHECKING:
    from gesturelrcn.annotation import AnnotationRequest, Job, Origin, Outcome
    from gesturelrcn.annotation.workers import WatchSettings

_VIDEOS_HELP = (
    "Video files, or folders: all videos in them and below. The word **sample** is the clip that ships with "
    "gesturelrcn."
)
_OUT_HELP = "Folder for the timelines; without it each lies beside its video."
_FORMAT_HELP = (
    "**jsonl** (always written), **csv**, **vtt** (WebVTT), **eaf** (ELAN); several: --format vtt,eaf."
)
_FIND_HELP = "Clips, summary and list of these gestures only; the timelines hold all. Several: A,B."
_FORCE_HELP = "Do everything again and replace what is there."
_CLIPS_HELP = "Cut each gesture into a film of its own (.mp4) in this folder."
_SUMMARY_HELP = "Write one page with a picture of every gesture."
_WORKERS_HELP = "Videos that are watched at the same time, one core each; 0: as many as there are cores."


def annotate(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO", help=_VIDEOS_HELP, show_default=False)],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help=_OUT_HELP)] = None,
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="FORMAT", help=_FORMAT_HELP, show_default="jsonl")
    ] = None,
    find: Annotated[list[str] | None, typer.Option(metavar="GESTURE", help=_FIND_HELP)] = None,
    clips: Annotated[Path | None, typer.Option(metavar="DIR", help=_CLIPS_HELP)] = None,
    margin: Annotated[float, typer.Option(help="Seconds before and after the gesture in a clip.")] = 1.0,
    summary: Annotated[Path | None, typer.Option(metavar="FILE.html", help=_SUMMARY_HELP)] = None,
    workers: Annotated[int, typer.Option(help=_WORKERS_HELP)] = 0,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object, and nothing else, on stdout.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help=_FORCE_HELP)] = False,
    model: options.Model = "default",
    engine: options.Engine = EngineChoice.ONNXRUNTIME,
    mirrored: options.Mirrored = False,
    sensitivity: options.Sensitivity = None,
    turn_on: options.TurnOn = None,
) -> None:
    """Write down the gestures in recorded videos: which, when, how sure, which hand.

    The gestures are those that **gesturelrcn run VIDEO** would show, as fast as the machine allows. A
    video that is done already and has not changed is not watched again, so a run that was stopped goes on
    when the command is given once more. Videos that cannot be read are named and left out.

    **gesturelrcn annotate lectures/ --format vtt --find raise_hand --clips moments --summary page.html**
    """
    from gesturelrcn.annotation import AnnotationRequest

    began = time.perf_counter()
    request = AnnotationRequest(
        tuple(dict.fromkeys(all_words(formats) or ["jsonl"])),
        out or (Path() if any(map(_is_sample, videos)) else None),
        tuple(dict.fromkeys(all_words(find))),
        clips,
        margin,
        summary is not None,
        force,
    )
    with StopSignals():
        asked = asked_for(sensitivity, turn_on)
        command = AnnotateCommand(request, model, engine, mirrored, workers, summary, asked)
        outcomes = command.fulfil(videos)
    figures = _figures(outcomes, time.perf_counter() - began)
    if json:
        say(json_module.dumps(figures))
    else:
        _show(outcomes, figures, summary)


class AnnotateCommand:
    """`gesturelrcn annotate` with its options: what is to be done, and with what."""

    def __init__(
        self,
        request: "AnnotationRequest",
        model: str,
        engine: EngineChoice,
        mirrored: bool,
        workers: int,
        summary: Path | None,
        sensitivities: Sensitivities = AS_USUAL,
    ) -> None:
        from gesturelrcn.model import read_card
        from gesturelrcn.model.files import card_path

        self._workers = worker_count(workers)
        self._card = read_card(card_path(model))
        self._card.in_force(sensitivities)  # what the model has not is said before anything is watched
        request.check(self._card.gestures, self._card.still_off(sensitivities.turned_on))
        self._sensitivities = sensitivities
        self._request, self._model, self._engine, self._mirrored = request, model, engine, mirrored
        self._summary = summary

    def fulfil(self, videos: Sequence[Path]) -> "list[Outcome]":
        """Outcomes in the order of the videos.

        Raises:
            GestureLrcnError: nothing could be read, or something cannot be written.
        """
        from gesturelrcn.annotation import plan_jobs, run_jobs

        jobs = plan_jobs([_place(video) for video in videos], self._request, self._origin)
        self._look_at_folders(jobs)
        ready: dict[Path, Outcome] = {}
        with progress_bars("{task.percentage:3.0f} % of {task.total} videos") as bar:
            task = bar.add_task("annotating", total=len(jobs))
            progress = lambda done: bar.update(task, completed=done)  # noqa: E731
            for outcome in run_jobs(jobs, self._settings(len(jobs)), self._workers, progress):
                ready[outcome.job.video] = outcome
                self._tell(outcome, alone=len(jobs) == 1)
        outcomes = [ready[job.video] for job in jobs]
        failed = [outcome for outcome in outcomes if outcome.timeline is None]
        if len(failed) == len(outcomes):
            if len(failed) == 1:
                raise CaptureError(failed[0].problem)
            raise CaptureError(f"None of the {len(failed)} videos could be read; each is named above.")
        if self._summary is not None:
            from gesturelrcn.annotation.summary import write_summary

            write_summary(self._summary, outcomes)
        return outcomes

    def _origin(self, video: Path) -> "Origin":
        """What a timeline of the video would be made from; a video that cannot be read is refused here."""
        from gesturelrcn.annotation import origin_of
        from gesturelrcn.capture import open_source

        origin = origin_of(video, self._card, self._engine.value, self._mirrored, self._sensitivities)
        open_source(video).close()
        return origin

    def _settings(self, jobs: int) -> "WatchSettings":
        from gesturelrcn.annotation.workers import WatchSettings

        beside = 2 * min(self._workers, jobs) <= cores()
        return WatchSettings(self._model, self._engine.value, self._mirrored, beside, self._sensitivities)

    def _look_at_folders(self, jobs: "Sequence[Job]") -> None:
        """What cannot be written is said before anything is watched; nothing is made for nothing."""
        from gesturelrcn.annotation.summary import must_be_replaceable
        from gesturelrcn.system.whole_files import make_folder

        if self._summary is not None and not self._request.force:
            must_be_replaceable(self._summary)
        readable = [job for job in jobs if not job.problem]
        folders = [path.parent for job in readable if job.missing for path in job.outputs.values()]
        folders += [self._summary.parent] if self._summary is not None and readable else []
        folders += [self._request.clips] if self._request.clips is not None and readable else []
        for folder in dict.fromkeys(folders):
            make_folder(folder)

    def _tell(self, outcome: "Outcome", *, alone: bool) -> None:
        for warning in outcome.warnings:
            say(f"gesturelrcn: {warning}", to_stderr=True)
        if outcome.problem and not alone:
            say(f"gesturelrcn: skipped: {outcome.problem}", to_stderr=True)


def _place(video: Path) -> Path:
    from gesturelrcn.model import assets

    return assets() / "sample.mp4" if _is_sample(video) else video.expanduser()


def _is_sample(video: Path) -> bool:
    """The clip that ships; nothing is written beside that one."""
    return video == Path(SAMPLE) and not video.exists()


def _figures(outcomes: "Sequence[Outcome]", seconds: float) -> dict[str, Any]:
    """What `--json` prints."""
    watched = [outcome for outcome in outcomes if outcome.watched and outcome.timeline]
    media = sum(outcome.timeline.seconds for outcome in watched if outcome.timeline)
    cpu = sum(outcome.cpu_seconds for outcome in watched)
    skipped = [
        {"video": str(outcome.job.video), "problem": outcome.problem}
        for outcome in outcomes
        if outcome.timeline is None
    ]
    return {
        "videos": [_figures_of(outcome) for outcome in outcomes if outcome.timeline is not None],
        "skipped": {"count": len(skipped), "items": skipped},
        "watched_s": round(media, 3),
        "took_s": round(seconds, 3),
        "real_time_factor": _factor(media, seconds),
        "real_time_factor_per_core": _factor(media, cpu),
    }


def _figures_of(outcome: "Outcome") -> dict[str, Any]:
    from dataclasses import asdict

    timeline = outcome.timeline
    assert timeline is not None
    media = timeline.seconds if outcome.watched else 0.0
    figures: dict[str, Any] = {
        "video": str(outcome.job.video),
        "seconds": timeline.seconds,
        "frames": timeline.frames,
        "status": "watched" if outcome.watched else "up to date",
        "outputs": [str(path) for path in outcome.job.outputs.values()],
        "gestures": [asdict(span) for span in outcome.matches],
        "real_time_factor": _factor(media, outcome.seconds),
        "real_time_factor_per_core": _factor(media, outcome.cpu_seconds),
        "warnings": list(outcome.warnings),
    }
    if outcome.job.request.clips is not None:
        figures |= {"clips": list(outcome.clips), "clips_there_already": list(outcome.kept_clips)}
    return figures


def _factor(media: float, seconds: float) -> float | None:
    return round(media / seconds, 2) if media and seconds else None


def _show(outcomes: "Sequence[Outcome]", figures: dict[str, Any], summary: Path | None) -> None:
    from gesturelrcn.annotation.summary import clock

    for outcome in outcomes:
        if outcome.timeline is None:
            continue
        count = len(outcome.matches)
        state = "" if outcome.watched else ", up to date"
        files = " ".join(str(path) for path in outcome.job.outputs.values())
        length = clock(outcome.timeline.seconds)
        say(f"{outcome.job.video}: {count} gesture{'' if count == 1 else 's'} in {length}{state}: {files}")
        for span in outcome.matches if outcome.job.request.find else ():
            say(f"{clock(span.start):>12} to {clock(span.end):<10} {span.title}")
        if outcome.job.request.clips is not None:
            there = f", {len(outcome.kept_clips)} were there already" if outcome.kept_clips else ""
            cut = f"{len(outcome.clips)} clip{'' if len(outcome.clips) == 1 else 's'} cut{there}"
            say(f"{'':12} {cut}: {outcome.job.request.clips}")
    if summary is not None:
        say(f"summary: {summary}")
    if figures["skipped"]["count"]:
        say(f"skipped: {figures['skipped']['count']} (named above)")
    if figures["real_time_factor"]:
        say(
            f"{figures['real_time_factor']:.1f} times real time, start included;"
            f" {figures['real_time_factor_per_core']:.1f} times for each core while watching."
        )
