"""What the commands of this room have in common."""

import logging
import sys
from collections.abc import Callable

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.opencv import cv2


def exit_code(work: Callable[[], object]) -> int:
    """Do the work of a command in one thread; what a user can mend is one sentence on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    cv2.setNumThreads(1)
    try:
        work()
    except GestureLrcnError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0
