"""What several commands read from their arguments in the same way."""

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.processors import cores


def words(listed: str) -> tuple[str, ...]:
    """The words of a list with commas: "a, b" is ("a", "b")."""
    return tuple(word.strip() for word in listed.split(",") if word.strip())


def worker_count(workers: int) -> int:
    """How many processes shall work: so many, or for 0 one a core.

    Raises:
        GestureLrcnError: less than none.
    """
    if workers < 0:
        raise GestureLrcnError(f"{workers} workers cannot work: ask for at least 1, or 0 for one a core.")
    return workers or cores()
