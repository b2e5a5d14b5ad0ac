"""Memory that was freed is not given back to the system by itself; glibc keeps it for later."""

import ctypes
import logging
import sys

logger = logging.getLogger(__name__)


def give_back() -> None:
    """Give the system what this process has freed; after something large was loaded or let go of.

    Takes a few milliseconds. Does nothing where the C library cannot do that.
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library than glibc
        logger.debug("this C library gives no memory back")
