"""Data sets as a config names them: what is in the folder, who is held out, what cannot be used."""

import dataclasses
import logging
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frame_rate
from gesturelrcn.recordings.listing import VIDEO_SUFFIXES, Listing, read_listing
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.config.config import DataSettings, Kind
from gesturelrcn.training.data.backgrounds import background_files
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.landmarks import LandmarkClip, read_landmarks
from gesturelrcn.training.data.pose_streams import gestures_in, person_in, pose_stream_files
from gesturelrcn.training.data.skeletons import Skeleton, read_skeletons
from gesturelrcn.training.data.track_files import read_tracks
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.vocabulary import NONE, mirrored

logger = logging.getLogger(__name__)

_OF_MANY: Mapping[Kind, Callable[[Path, Mapping[str, str]], Sequence[Skeleton | LandmarkClip]]] = {
    "skeletons": read_skeletons,
    "landmarks": read_landmarks,
}
"""How the files are read that hold clips of many people."""

SUBJECT = "subject_"
"""Folders that begin so hold the class folders of one person."""


@dataclass(frozen=True)
class DataSet:
    """One data set.

    Attributes:
        settings: as in the config.
        folder: where it is.
        kind: what it is.
        training: clips that are trained on; none for pictures without time and for tracks.
        held_out: clips of the people held out.
        skipped: what is listed and cannot be used, each with the reason.
        listing: clips and streams that can be used, in the words of the evaluation.
    """

    settings: DataSettings
    folder: Path
    kind: Kind
    training: tuple[Clip, ...] = ()
    held_out: tuple[Clip, ...] = ()
    skipped: tuple[str, ...] = ()
    listing: Listing | None = None

    def to_measure(self, classes: tuple[str, ...]) -> Listing | None:
        """Clips and streams of the people held out, as far as the model has a word for them."""
        if self.listing is None or not self.held_out:
            return None
        paths = {clip.path for clip in self.held_out}
        people = {clip.subject for clip in self.held_out} - {""}
        clips = [clip for clip in self.listing.clips if clip.path in paths and clip.gesture in classes]
        films = [film for film in self.listing.films if film.subject in people]
        return dataclasses.replace(self.listing, clips=clips, films=films, skipped=[]) if clips else None

    @property
    def name(self) -> str:
        """The short name."""
        return self.settings.name

    def tracks(self) -> list[ClipFeatures]:
        """All tracks of a set of joint tracks; none for other kinds."""
        if self.kind != "tracks":
            return []
        return [track for path in sorted(self.folder.glob("*.npz")) for track in read_tracks(path)]

    def gestures(self) -> Counter[str]:
        """How many clips or tracks of each class there are to train on."""
        if self.kind == "performances":
            return self._performances()
        if self.kind in _OF_MANY:
            read = _OF_MANY[self.kind]
            return Counter(
                one.gesture for clip in self.training for one in read(clip.path, self.settings.names)
            )
        if self.kind == "poses":
            return Counter(
                word for clip in self.training for word in gestures_in(clip.path, self.settings.names)
            )
        return Counter([clip.gesture for clip in self.training] + [track.gesture for track in self.tracks()])

    def _performances(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for path in sorted(self.folder.glob("*.npz")):
            with open_arrays(path, "performances", error=TrainingError) as shard:
                counts.update(str(label) for label in shard["label"])
        return counts


T = TypeVar("T")


def must_have_some(answers: Iterable[T | None], otherwise: str) -> list[T]:
    """What data sets have for a stage to learn from, one answer a set.

    Args:
        answers: None from a set that has nothing.
        otherwise: the sentence for the user where no set has anything.

    Raises:
        TrainingError: no set has anything.
    """
    some = [answer for answer in answers if answer is not None]
    if not some:
        raise TrainingError(otherwise)
    return some


def open_data_set(settings: DataSettings, folder: Path) -> DataSet:
    """Look into `folder`.

    Raises:
        TrainingError: it is missing, empty, of no known kind, or nobody is left to train on.
    """
    kind = kind_of(settings, folder)
    if kind == "backgrounds" and not background_files(folder):
        raise TrainingError(
            f"{folder}: the data set {settings.name!r} has no picture (.jpg or .png) to put behind people."
        )
    if kind in ("stills", "pictures", "hands", "performances", "tracks", "backgrounds", "people"):
        return DataSet(settings, folder, kind)
    if kind == "poses":
        return DataSet(settings, folder, kind, *_split_streams(settings, folder))
    if kind in _OF_MANY:
        return DataSet(settings, folder, kind, tuple(_motion_files(settings, folder)))
    listed = _list_folders(settings, folder) if kind == "folders" else _list_index(settings, folder)
    renamed = [_in_other_words(clip, settings.names) for clip in listed.clips]
    listed = dataclasses.replace(listed, clips=renamed)
    clips, skipped = [], [f"{item.name}: {item.reason}" for item in listed.skipped]
    for clip in listed.clips:
        fps = frame_rate(clip.path)
        if fps is None:
            skipped.append(f"{clip.name}: it does not decode")
            continue
        clips.append(dataclasses.replace(clip, fps=fps))
    for reason in skipped:
        logger.warning("%s: skipped: %s", settings.name, reason)
    if not clips:
        raise TrainingError(
            f"{folder}: the data set {settings.name!r} has no clip that can be used; {len(skipped)} skipped,"
            f" the first: {skipped[0] if skipped else 'none'}."
        )
    if kind == "folders":
        _no_class_is_empty(settings, folder, clips, skipped)
    training, held_out = _split(settings, folder, clips)
    return DataSet(settings, folder, kind, tuple(training), tuple(held_out), tuple(skipped), listed)


def vocabulary_of(datasets: list[DataSet], requested: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The classes of the scores: those of the data, `none`, and what a mirror makes of them.

    Clips are trained on in mirror images too, so a set that has only `turn_left` teaches `turn_right`.

    Args:
        datasets: those that gestures are learnt from.
        requested: only these, if not empty.

    Raises:
        TrainingError: there is nothing to tell apart, or a requested class has no clip.
    """
    counts: Counter[str] = Counter()
    for dataset in datasets:
        if dataset.settings.weight > 0:
            counts += dataset.gestures()
    available = set(counts) | {mirrored(name) for name in counts}
    if missing := sorted(set(requested) - available - {NONE}):
        raise TrainingError(
            f"The class {missing[0]!r} has no clip to train on: add some, or take it out of `classes`."
        )
    classes = ({*requested, *map(mirrored, requested)} or available) | {NONE}
    if classes == {NONE}:
        raise TrainingError("There is no gesture in the data: add clips of at least one class beside none.")
    for name in sorted(classes - {NONE}):
        if counts[name] + counts[mirrored(name)] * (mirrored(name) != name) == 1:
            logger.warning("%s: one clip only; what is learnt of it will be that clip", name)
    return tuple(sorted(classes))


def kind_of(settings: DataSettings, folder: Path) -> Kind:
    """What a data set is, without a look into its clips.

    Raises:
        TrainingError: its folder is missing, empty or of no known kind.
    """
    if not folder.is_dir():
        raise TrainingError(
            f"{folder}: this folder of the data set {settings.name!r} is missing: say with --data where the"
            f" data are, or train --without {settings.name}."
        )
    if settings.kind:
        return settings.kind
    if (folder / "index.csv").is_file():
        if next(folder.glob("*.npz"), None) is not None:
            return "poses"
        return "films" if (folder / "recipe.json").is_file() else "index"
    first = next(iter(sorted(folder.glob("*.npz"))), None)
    if first is not None:
        with open_arrays(first, error=TrainingError) as shard:
            if "vocab" in shard:
                return "landmarks" if "LH_wrist" in shard["names"] else "skeletons"
            if "joints" in shard:
                return "performances"
            if "people" in shard:
                return "people"
            return "tracks" if "times" in shard else "hands" if "hand" in shard else "pictures"
    if any(path.suffix.lower() in VIDEO_SUFFIXES for path in folder.rglob("*")):
        return "folders"
    if next(folder.rglob("*.jpg"), None) is not None:
        return "stills"
    raise TrainingError(
        f"{folder}: the data set {settings.name!r} has nothing to train on: no index.csv, no class folders"
        " with videos, no pictures and no .npz files."
    )


def _list_index(settings: DataSettings, folder: Path) -> Listing:
    try:
        return read_listing(folder)
    except GestureLrcnError as problem:
        raise TrainingError(f"Data set {settings.name!r}: {problem}") from problem


def _in_other_words(clip: Clip, names: Mapping[str, str]) -> Clip:
    gesture = names.get(clip.gesture, clip.gesture)
    if gesture == NONE and clip.gesture != NONE:
        return dataclasses.replace(clip, gesture=NONE, onset=None, activity=clip.activity or clip.gesture)
    return dataclasses.replace(clip, gesture=gesture)


def _list_folders(settings: DataSettings, folder: Path) -> Listing:
    """`class/clip`, or `subject_NAME/class/clip`."""
    people = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.startswith(SUBJECT))
    whole = Listing(folder)
    for base in people or [folder]:
        listing = _list_index(settings, base)
        subject = base.name.removeprefix(SUBJECT) if people else ""
        whole.clips.extend(
            dataclasses.replace(clip, subject=subject, name=clip.path.relative_to(folder).as_posix())
            for clip in listing.clips
        )
        whole.skipped.extend(listing.skipped)
    return whole


def _no_class_is_empty(settings: DataSettings, folder: Path, clips: list[Clip], skipped: list[str]) -> None:
    used = {clip.path.parent for clip in clips}
    depth = "*/*" if any(folder.glob(f"{SUBJECT}*")) else "*"
    for path in sorted(folder.glob(depth)):
        if path.is_dir() and path not in used and not path.name.startswith("."):
            raise TrainingError(
                f"{path}: no clip of this class can be used ({len(skipped)} of the data set"
                f" {settings.name!r} were skipped): add clips, or remove the folder."
            )


def _split(settings: DataSettings, folder: Path, clips: list[Clip]) -> tuple[list[Clip], list[Clip]]:
    subjects = sorted({clip.subject for clip in clips} - {""})
    if unknown := sorted(set(settings.holdout) - set(subjects)):
        raise TrainingError(
            f"{folder}: {unknown[0]!r}, whom {settings.name!r} holds out, is not there; subjects are"
            f" {', '.join(subjects) or 'not named'}."
        )
    holdout = set(settings.holdout)
    if not holdout and settings.holdout_share and len(subjects) > 1:
        holdout = set(subjects[-max(1, round(settings.holdout_share * len(subjects))) :])
    away = {clip.name for clip in clips if clip.subject in holdout}
    if not holdout and settings.holdout_share and len(subjects) < 2:
        away = _every_so_often(clips, settings.holdout_share)
    training = [clip for clip in clips if clip.name not in away]
    if not training:
        raise TrainingError(f"{folder}: {settings.name!r} holds everybody out; leave somebody to train on.")
    return training, [clip for clip in clips if clip.name in away]


def _split_streams(settings: DataSettings, folder: Path) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
    """The streams of a folder, those that are trained on and those of the people held out."""
    paths = _named(settings, pose_stream_files(folder))
    clips = [Clip(path, path.name, person_in(path), NONE) for path in paths]
    training, held_out = _split(settings, folder, clips)
    return tuple(training), tuple(held_out)


def _named(settings: DataSettings, paths: list[Path]) -> list[Path]:
    """Those of these files that the data set wants; all where it names none."""
    for pattern in settings.files:
        if not any(_is_one(path.name, [pattern]) for path in paths):
            raise TrainingError(
                f"{paths[0].parent if paths else settings.name}: the data set {settings.name!r} names"
                f" {pattern}; there is no such file."
            )
    return [path for path in paths if not settings.files or _is_one(path.name, settings.files)]


def _is_one(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _motion_files(settings: DataSettings, folder: Path) -> list[Clip]:
    """The files of skeletons or landmarks, each as one clip of many people."""
    paths = _named(settings, sorted(folder.glob("*.npz")))
    return [Clip(path, path.name, path.stem, NONE) for path in paths]


def _every_so_often(clips: list[Clip], share: float) -> set[str]:
    """Of each class every so many clips; never the only one."""
    away: set[str] = set()
    for gesture in {clip.gesture for clip in clips}:
        of_class = [clip.name for clip in clips if clip.gesture == gesture]
        count = min(math.ceil(share * len(of_class)), len(of_class) - 1)
        away |= {of_class[round((i + 0.5) * len(of_class) / count - 0.5)] for i in range(count)}
    return away
