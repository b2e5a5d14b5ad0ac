"""The folder of takes: what lies where in it, who may read it, and how a take is added or removed.

    takes.json                    says that this is one, and of which version
    index.csv                     every take that has a film, as `read_listing` and a training read it
    films/NAME/ID.mp4             what the camera saw; may be missing
    seen/NAME-ID.npz              what the CNN saw; a take is there when this file is

Folders are 0700 and files 0600. A file gets its name when it is whole; the index is written anew from the
takes that are there, so that nothing is lost with it.
"""

import csv
import io
import json
import logging
import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import platformdirs

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.recordings.listing import INDEX
from gesturelrcn.system.private_files import open_new_private
from gesturelrcn.system.whole_files import open_whole, write_whole
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.take import SUBJECT, Take, read_take, write_take
from gesturelrcn.vocabulary import NONE, class_name, quoted

logger = logging.getLogger(__name__)

VERSION = 1
_MARK = "takes.json"
_FILMS, _SEEN = "films", "seen"
_PART = ".part.mp4"
"""How the name of a film ends that is not whole."""
_PRIVATE = 0o700
_LEFT_BEHIND = 600.0
"""Seconds after which a file that nobody writes to any more was left behind by a program that was killed."""
_LONGEST_NAME = 40
_COLUMNS = (
    *("path", "subject", "gesture", "distance_m", "framing", "fps"),
    *("onset_s", "stroke_end_s", "offset_s", "activity"),
)


def takes_folder() -> Path:
    """Where the takes of this user lie if nobody says otherwise."""
    return platformdirs.user_data_path("gesturelrcn") / "takes"


def gesture_name(word: str) -> str:
    """The name of a gesture as takes are called by it: "Raise hand" is raise_hand.

    Raises:
        TakeError: it is no name.
    """
    name = class_name(word)
    if not re.fullmatch(rf"[a-z][a-z0-9_]{{0,{_LONGEST_NAME - 1}}}", name):
        raise TakeError(
            f"{quoted(word)} is no name for a gesture: take up to {_LONGEST_NAME} letters of a to z, digits"
            ' and underscores, beginning with a letter, as in "my_salute".'
        )
    return name


@dataclass(frozen=True, eq=False)
class StoredTake:
    """A take in the folder.

    Attributes:
        take: what it is.
        path: what the CNN saw of it, `.npz`.
        film: what the camera saw, or None.
    """

    take: Take
    path: Path
    film: Path | None

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(each.stat().st_size for each in (self.path, self.film) if each is not None)


class TakeFolder:
    """The takes of a user. Nothing outside the folder is written, read or removed: no link is followed.

    Attributes:
        path: of the folder.

    Examples:
        >>> for stored in TakeFolder().takes():                    # doctest: +SKIP
        ...     print(stored.take.gesture, stored.take.seconds, stored.film)
    """

    def __init__(self, path: Path | None = None) -> None:
        """Name the folder; nothing is made yet.

        Args:
            path: default `takes_folder()`.

        Raises:
            TakeError: it is a link to another place, is no folder of takes, or belongs to somebody else.
        """
        self.path = (takes_folder() if path is None else path).absolute()
        self._read: dict[Path, tuple[Take, str]] = {}
        self._check()

    def make(self) -> None:
        """Make the folder where it is missing, for this user alone, and tidy up what killed programs left.

        Raises:
            TakeError: it cannot be made or written to.
        """
        self._check()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
            for folder in (self.path, self.path / _SEEN, self.path / _FILMS):
                _make_private(folder)
            with open_new_private(probe := self.path / _SEEN / f".{_stamp()}.part"):
                probe.unlink()
        except OSError as problem:
            raise TakeError(
                f"{self.path}: takes cannot be kept there ({problem.strerror or problem}); give another"
                " folder with --folder."
            ) from problem
        if not (self.path / _MARK).is_file():
            mark = json.dumps({"takes": VERSION, "what": "gestures of one user; see docs/takes.md"}) + "\n"
            write_whole(self.path / _MARK, mark.encode(), private=True)
        self._tidy(older_than=_LEFT_BEHIND)

    def takes(self, gesture: str | None = None) -> list[StoredTake]:
        """The takes that are there, the oldest first; all, or those of one gesture.

        One that cannot be read is named in the log and left out.

        Raises:
            TakeError: the folder is none of takes.
        """
        self._check()
        found = []
        for path in self._seen(gesture):
            try:
                take, film = self._read.get(path) or read_take(path)  # takes never change
            except TakeError as problem:
                logger.warning("%s", problem)
                continue
            self._read[path] = take, film
            found.append(StoredTake(take, path, self._film(film)))
        return sorted(found, key=lambda stored: stored.path.stem.rpartition("-")[2])

    def gestures(self) -> list[str]:
        """Names of which something is there, also what cannot be read any more."""
        names = {path.stem.rpartition("-")[0] for path in self._seen(None)}
        return sorted(names | {folder.name for folder in self._film_folders() if any(folder.glob("*.mp4"))})

    def new_film(self) -> Path:
        """A path where the film of a take may be written; `keep` gives it its name, or it is removed."""
        return self.path / _FILMS / f".{_stamp()}.{os.getpid()}{_PART}"

    def keep(self, take: Take, film: Path | None) -> StoredTake:
        """Add a take, whole or not at all.

        Args:
            take: what to add.
            film: what the camera saw, whole, at the path of `new_film`; None for no film.

        Raises:
            TakeError: the disk is full, for example; what was kept before is there as it was.
        """
        self._check()
        gesture, stamp = gesture_name(take.gesture), _stamp()
        name = f"{_FILMS}/{gesture}/{stamp}.mp4"
        path = self.path / _SEEN / f"{gesture}-{stamp}.npz"
        there = None
        try:
            with open_whole(path, private=True) as file:
                write_take(file, take, f"{gesture}/{stamp}", name if film is not None else "")
                if (
                    film is not None
                ):  # before the take has its name, so that it is never there without its film
                    there = self.path / name
                    _must_be_no_link(there.parent)
                    _make_private(there.parent)
                    film.rename(there)
        except (OSError, GestureLrcnError) as problem:
            for each in (film, there):
                if each is not None:
                    each.unlink(missing_ok=True)
            what = str(problem) if isinstance(problem, GestureLrcnError) else problem.strerror
            raise TakeError(f"This take is not kept, those before it are: {what}") from problem
        self.write_index()
        return StoredTake(take, path, there)

    def write_index(self) -> None:
        """Write the index anew from the takes that are there.

        Raises:
            GestureLrcnError: it cannot be written.
        """
        table = io.StringIO(newline="")
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for stored in self.takes():
            if stored.film is not None:
                take, film = stored.take, stored.film.relative_to(self.path).as_posix()
                moments = (
                    "" if t is None else f"{t:.3f}" for t in (take.onset, take.stroke_end, take.offset)
                )
                rows.writerow(
                    [film, SUBJECT, take.gesture, "", "", f"{take.fps:.2f}", *moments, take.activity]
                )
        write_whole(self.path / INDEX, table.getvalue().encode(), private=True)

    def forget(self, gesture: str | None = None) -> int:
        """Remove the takes of one gesture, or all there is; returns how many takes were removed.

        Also those that cannot be read, and what killed programs left behind. What is no take stays.

        Raises:
            TakeError: something cannot be removed.
        """
        self._check()
        try:
            removed = self._remove(gesture)
        except OSError as problem:
            raise TakeError(
                f"{self.path}: some takes could not be removed ({problem.strerror or problem}): see whose"
                " folder it is, and try again."
            ) from problem
        if gesture is not None and (self.path / _MARK).is_file():
            self.write_index()
        return removed

    def _remove(self, gesture: str | None) -> int:
        if not self.path.is_dir():
            return 0
        # The films first: should this be stopped half-way, a take is still listed and can be forgotten again.
        for film in self._films(gesture):
            film.unlink()
        seen = list(self._seen(gesture))
        for path in seen:
            path.unlink()
        self._tidy(older_than=0.0 if gesture is None else _LEFT_BEHIND)
        if gesture is None:
            for name in (INDEX, _MARK):
                (self.path / name).unlink(missing_ok=True)
        for folder in (*self._film_folders(), self.path / _FILMS, self.path / _SEEN, self.path):
            if gesture is None or folder.name == gesture:
                with suppress(OSError):  # something else lies there, or it was not there
                    folder.rmdir()
        return len(seen)

    def _check(self) -> None:
        """Refuse what is no folder of takes of this user.

        Raises:
            TakeError: it is none.
        """
        try:
            self._look()
        except OSError as problem:
            raise TakeError(
                f"{self.path} cannot be read ({problem.strerror or problem}); give another folder with"
                " --folder."
            ) from problem

    def _look(self) -> None:
        own = [self.path, self.path / _FILMS, self.path / _SEEN]
        if self.path == takes_folder().absolute():
            own.insert(0, self.path.parent)
        for folder in own:
            _must_be_no_link(folder)
            if folder.exists() and not folder.is_dir():
                raise TakeError(f"{folder} is no folder; give another one with --folder.")
        if not self.path.is_dir():
            return
        if hasattr(os, "geteuid") and self.path.stat().st_uid != os.geteuid():
            raise TakeError(f"{self.path} belongs to somebody else; give a folder of your own with --folder.")
        mark = self.path / _MARK
        if mark.is_symlink() or not mark.is_file():
            self._must_be_new()
            return
        try:
            version = json.loads(mark.read_text(encoding="utf-8"))["takes"]
        except (ValueError, KeyError, TypeError) as problem:
            raise TakeError(f"{mark} says nothing of takes ({problem!s:.80}); remove it.") from problem
        if version != VERSION:
            raise TakeError(f"{self.path}: takes of version {version}, and this program knows {VERSION}.")

    def _must_be_new(self) -> None:
        own = (_FILMS, _SEEN, INDEX)
        names = sorted(each.name for each in self.path.iterdir())
        others = [name for name in names if name not in own and not name.endswith(".part")]
        if others:
            raise TakeError(
                f"{self.path} holds other things ({others[0]}, for example): takes want a folder to"
                " themselves; give another one with --folder."
            )

    def _seen(self, gesture: str | None) -> Iterator[Path]:
        for path in sorted((self.path / _SEEN).glob("[!.]*.npz")):
            name = path.stem.rpartition("-")[0]
            if gesture in (None, name) and path.is_file() and not path.is_symlink():
                yield path

    def _film_folders(self) -> list[Path]:
        folders = sorted((self.path / _FILMS).glob("[!.]*"))
        return [folder for folder in folders if folder.is_dir() and not folder.is_symlink()]

    def _films(self, gesture: str | None) -> Iterator[Path]:
        for folder in self._film_folders():
            if gesture in (None, folder.name):
                yield from folder.glob("*.mp4")

    def _film(self, name: str) -> Path | None:
        """The film that a take names, if it is there and lies in its place."""
        parts = name.split("/")
        if len(parts) != 3 or parts[0] != _FILMS or ".." in parts:
            return None
        path = self.path.joinpath(*parts)
        return None if any(each.is_symlink() for each in (path, path.parent)) or not path.is_file() else path

    def _tidy(self, *, older_than: float) -> None:
        """Remove what killed programs left: files that are not whole, and films without a take."""
        named = {f"{path.stem}.mp4" for path in self._seen(None)}
        alone = [film for film in self._films(None) if f"{film.parent.name}-{film.name}" not in named]
        parts = [*(self.path / _FILMS).glob(f".*{_PART}"), *(self.path / _SEEN).glob(".*.part")]
        for path in (*alone, *parts, *self.path.glob(".*.part")):
            with suppress(FileNotFoundError):
                if time.time() - path.lstat().st_mtime >= older_than:
                    path.unlink()


def kept_in_words(takes: Sequence[StoredTake]) -> str:
    """ "5 takes of wave" or "no take"."""
    if not takes:
        return "no take"
    names = sorted({stored.take.gesture for stored in takes})
    what = "without a gesture" if names == [NONE] else f"of {' and '.join(names)}"
    return f"{len(takes)} take{'' if len(takes) == 1 else 's'} {what}"


def _must_be_no_link(folder: Path) -> None:
    """Raises TakeError where it is one."""
    if folder.is_symlink():
        raise TakeError(
            f"{folder} is a link to another place: takes stay where they are private; remove the link, or"
            " give the place itself with --folder."
        )


def _make_private(folder: Path) -> None:
    """Make a folder for this user alone, or take others' rights to one that is there."""
    folder.mkdir(exist_ok=True, mode=_PRIVATE)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(_PRIVATE)


def _stamp() -> str:
    """A name that no other take has: when it was made, and by which process."""
    now = datetime.now(timezone.utc)
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond:06d}"
