"""The film of a take, written to its end or not at all."""

from functools import partial
from pathlib import Path

from gesturelrcn.overlay import Recorder, RecordingError
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.folder import TakeFolder
from gesturelrcn.takes.sight import Sight, picture_of


def film_of(sights: list[Sight], folder: TakeFolder) -> Path:
    """Write the pictures of a take as a film that is whole, at a path for `TakeFolder.keep`.

    Raises:
        TakeError: the disk is full, for example; nothing is left of it.
    """
    path = folder.new_film()
    try:
        recorder = Recorder(path, warns=False)
    except RecordingError as problem:
        raise _not_kept(problem) from problem
    for sight in sights:
        recorder.put(sight.at, partial(picture_of, sight.picture), wait=True)
    return closed(recorder, path)


def closed(recorder: Recorder, path: Path) -> Path:
    """The path of a film once it is written to its end.

    Raises:
        TakeError: it could not be; nothing is left of it.
    """
    try:
        recorder.close()
    except RecordingError as problem:
        path.unlink(missing_ok=True)
        raise _not_kept(problem) from problem
    return path


def _not_kept(problem: RecordingError) -> TakeError:
    reason = getattr(problem.__cause__, "strerror", None) or str(problem.__cause__ or problem)
    return TakeError(f"This take is not kept, those before it are: its film could not be written ({reason}).")
