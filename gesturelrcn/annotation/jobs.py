"""Which videos, and what is asked of each: settled before any work begins."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gesturelrcn.annotation.formats import FORMATS, RECORD
from gesturelrcn.annotation.timeline import Origin, Timeline, read_timeline
from gesturelrcn.errors import CaptureError, GestureLrcnError
from gesturelrcn.thresholds import is_off
from gesturelrcn.vocabulary import suggestion

_KINDS = "3gp avi flv m2ts m4v mkv mov mp4 mpeg mpg mts ogv ts webm wmv"
SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())
"""What is taken from a folder; a file that is named is taken whatever it is called."""


@dataclass(frozen=True)
class AnnotationRequest:
    """What is asked of every video.

    Attributes:
        formats: names from `FORMATS`; JSON lines are always written too.
        out: folder for the timelines; None for beside the video.
        find: clips and key frames of these gestures only; all if empty.
        clips: folder for clips, or None for none.
        margin: seconds before and after the gesture of a clip.
        key_frames: a picture of each gesture is wanted.
        force: do everything again, and replace what is there.
    """

    formats: tuple[str, ...] = (RECORD,)
    out: Path | None = None
    find: tuple[str, ...] = ()
    clips: Path | None = None
    margin: float = 1.0
    key_frames: bool = False
    force: bool = False

    def check(self, gestures: Sequence[str], off: Mapping[str, str] | None = None) -> None:
        """See that it can be fulfilled.

        Args:
            gestures: that the model knows.
            off: those of them that start nothing -> why.

        Raises:
            GestureLrcnError: the reason why not, in one sentence.
        """
        for form in self.formats:
            _must_be_among(form, list(FORMATS), "format")
        for gesture in self.find:
            _must_be_among(gesture, list(gestures), "gesture")
            if off and gesture in off:
                remedy = f"if you want it all the same, add --turn-on {gesture}."
                raise GestureLrcnError(is_off(gesture, off[gesture], remedy))
        if not (math.isfinite(self.margin) and 0 <= self.margin <= 3600):
            raise GestureLrcnError(f"A margin of {self.margin:g} s is none: give 0 to 3600 seconds.")


def _must_be_among(word: str, known: list[str], what: str) -> None:
    if word not in known:
        near = suggestion(word, known)
        hint = f'did you mean "{near}"?' if near else f"there are {', '.join(known)}."
        raise GestureLrcnError(f'There is no {what} "{word}"; {hint}')


@dataclass(frozen=True)
class Job:
    """One video.

    Attributes:
        video: the file.
        outputs: format -> file.
        request: what is asked for.
        done: its timeline, where that is there already and up to date.
        problem: why it cannot be read, where that is known already.
        missing: formats that are to be written.
        label: what its clips are called by; of the videos of one command no two have the same.
    """

    video: Path
    outputs: dict[str, Path]
    request: AnnotationRequest
    done: Timeline | None = None
    problem: str = ""
    missing: tuple[str, ...] = ()
    label: str = ""


def find_videos(places: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Each file, and where its results lie relative to the folder for them.

    A folder stands for the videos in it and below, hidden ones left out, in order of name. Of files that are
    named, those that have one name lie in folders as they come from.

    Raises:
        GestureLrcnError: a folder holds no video, or cannot be listed.
    """
    results: dict[Path, Path] = {}
    places = list(dict.fromkeys(places))
    names = Counter(place.name for place in places if not place.is_dir())
    for place in places:
        if not place.is_dir():
            alone = names[place.name] == 1
            results.setdefault(
                place, Path(place.name) if alone else Path(place.resolve().parent.name, place.name)
            )
            continue
        try:
            inside = sorted(path for path in place.rglob("*") if _is_video(path, place))
        except OSError as problem:
            raise GestureLrcnError(f"The folder {place} cannot be listed: {problem.strerror}.") from None
        if not inside:
            raise GestureLrcnError(
                f"The folder {place} holds no video ({_KINDS}); name the files themselves."
            )
        for path in inside:
            results.setdefault(path, path.relative_to(place))
    return list(results.items())


def _is_video(path: Path, below: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(below).parts)
    return path.suffix.lower() in SUFFIXES and not hidden and path.is_file()


def plan_jobs(
    places: Iterable[Path], request: AnnotationRequest, origin: Callable[[Path], Origin]
) -> list[Job]:
    """A job for each video, in order; nothing is written yet.

    Args:
        places: files and folders.
        request: what is asked for.
        origin: what a timeline of a video would be made from; raises CaptureError.

    Raises:
        GestureLrcnError: two videos would be written to the same file, or what is there is not ours to
            replace.
    """
    jobs: list[Job] = []
    taken: dict[Path, Path] = {}
    found = find_videos(places)
    bases = [video if request.out is None else request.out / relative for video, relative in found]
    stems = Counter(base.with_suffix("") for base in bases)
    labels = _labels([relative for _, relative in found])
    for (video, _), base, label in zip(found, bases, labels, strict=True):
        # talk.mp4 beside talk.mov: each keeps the end of its name.
        stem = base.with_suffix("") if stems[base.with_suffix("")] == 1 else base
        outputs = {form: Path(f"{stem}.gestures.{form}") for form in (RECORD, *request.formats)}
        record = outputs[RECORD]
        if record in taken:
            raise GestureLrcnError(
                f"{taken[record]} and {video} would both be written to {record}: rename one of them, or"
                " annotate them one after the other with another --out."
            )
        taken[record] = video
        jobs.append(replace(_job(video, outputs, request, origin), label=label))
    return jobs


def _labels(videos: Sequence[Path]) -> list[str]:
    """A name for each video: as short as can be, and no two the same."""
    stems = Counter(video.stem for video in videos)
    longer = [
        "-".join(video.with_suffix("").parts) if stems[video.stem] > 1 else video.stem for video in videos
    ]
    twice = Counter(longer)
    longest = [
        "-".join(video.parts) if twice[name] > 1 else name for video, name in zip(videos, longer, strict=True)
    ]
    seen: Counter[str] = Counter()
    labels = []
    for name in longest:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return labels


def _job(
    video: Path,
    outputs: dict[str, Path],
    request: AnnotationRequest,
    origin: Callable[[Path], Origin],
) -> Job:
    try:
        current = origin(video)
    except CaptureError as problem:
        return Job(video, outputs, request, problem=str(problem))
    there = [path for path in outputs.values() if path.exists()]
    if request.force or not there:
        return Job(video, outputs, request, missing=tuple(outputs))
    timeline = _read(outputs[RECORD])
    reason = _why_not(timeline, current)
    if reason:
        raise GestureLrcnError(
            f"{there[0]} is there already, {reason}: --force replaces it, --out DIR writes somewhere else."
        )
    missing = tuple(form for form, path in outputs.items() if not path.exists())
    return Job(video, outputs, request, done=timeline, missing=missing)


def _read(record: Path) -> Timeline | None:
    try:
        return read_timeline(record)
    except OSError:
        return None


def _why_not(timeline: Timeline | None, current: Origin) -> str:
    """Why what is there is not what would be made now; empty if it is."""
    if timeline is None:
        return "and no timeline of gesturelrcn says what it was made from"
    made = timeline.origin
    if made == current:
        return ""
    if (made.video_bytes, made.video_sum) != (current.video_bytes, current.video_sum):
        return "but the video has changed since"
    if (made.model, made.model_sum, made.engine) != (current.model, current.model_sum, current.engine):
        return f"but made with the model {made.model} as it was then, by {made.engine}"
    if made.mirrored != current.mirrored:
        return f"but made {'with' if made.mirrored else 'without'} --mirrored"
    if (made.sensitivity, made.turned_on) != (current.sensitivity, current.turned_on):
        turned_on = f" and {', '.join(made.turned_on)} turned on" if made.turned_on else ""
        return f"but made with the sensitivity {made.sensitivity}{turned_on}"
    return f"but made by gesturelrcn {made.version}"
