"""What several commands read from their arguments in the same way."""

from typing import TYPE_CHECKING

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.processors import cores

if TYPE_CHECKING:
    from gesturelrcn.capture.address import StreamAddress


def words(listed: str) -> tuple[str, ...]:
    """The words of a list with commas: "a, b" is ("a", "b")."""
    return tuple(word.strip() for word in listed.split(",") if word.strip())


def source_word(text: str) -> "str | StreamAddress":
    """A source as the user wrote it; an address in the type that does not show its password.

    Raises:
        CaptureError: it looks like an address and is none.
    """
    from gesturelrcn.capture.address import StreamAddress, is_address

    return StreamAddress(text) if is_address(text) else text


def worker_count(workers: int) -> int:
    """How many processes shall work: so many, or for 0 one a core.

    Raises:
        GestureLrcnError: less than none.
    """
    if workers < 0:
        raise GestureLrcnError(f"{workers} workers cannot work: ask for at least 1, or 0 for one a core.")
    return workers or cores()
