"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.private_files import open_new_private


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write under another name beside it, then rename: nobody ever sees half a file.

    Args:
        path: of the file.
        content: all of it.
        private: only this user can read it.

    Raises:
        GestureLrcnError: the folder cannot be written, or the disk is full.
    """
    with open_whole(path, private=private) as file:
        file.write(content)


@contextmanager
def open_whole(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write into, under another name beside it; it gets its name when the block ends well.

    Args:
        path: of the file.
        private: only this user can read it, from its first byte on.

    Raises:
        GestureLrcnError: the folder cannot be written, or the disk is full.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if private:
            part.unlink(missing_ok=True)  # of a process of this number that was killed
        with open_new_private(part) if private else part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or the name may be on the disk before the content is
        part.replace(path)
    except OSError as problem:
        raise GestureLrcnError(
            f"{path} cannot be written ({problem.strerror or problem}): choose a folder that you may write to"
            " and that has room."
        ) from problem
    finally:
        with suppress(OSError):  # there may be no folder either
            part.unlink()


def remove_parts(folder: Path) -> None:
    """Remove what killed writers left in a folder; nobody may be writing into it now.

    Raises:
        OSError: something cannot be removed.
    """
    for part in folder.glob(".*.part"):
        part.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder, or see that it is there and can be written to.

    Raises:
        GestureLrcnError: neither.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise GestureLrcnError(
            f"The folder {folder} cannot be made ({problem.strerror}): choose another one."
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise GestureLrcnError(f"The folder {folder} cannot be written to: choose another one.")
