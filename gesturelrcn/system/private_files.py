"""Files that show or tell what somebody did: only their user can read them."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

_OWNER_ONLY = 0o600


def make_private(path: Path) -> None:
    """Make an empty file that nobody else can read, or take others' rights to one that is there.

    To be called before anything is written into it. Devices and pipes are left as they are.

    Raises:
        OSError: it cannot be made, or is not yours.
    """
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, _OWNER_ONLY))
    if stat.S_ISREG(path.stat().st_mode):
        path.chmod(_OWNER_ONLY)


def open_new_private(path: Path) -> BinaryIO:
    """Make a file that nobody else can read, and open it for writing and reading.

    Raises:
        FileExistsError: something is there already.
        OSError: it cannot be made.
    """
    # Path.open takes no opener.
    return open(path, "x+b", opener=lambda name, flags: os.open(name, flags, _OWNER_ONLY))
