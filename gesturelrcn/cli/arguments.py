"""What several commands read from their arguments in the same way."""

from typing import TYPE_CHECKING

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.processors import cores
from gesturelrcn.thresholds import NORMAL, Sensitivities

if TYPE_CHECKING:
    from gesturelrcn.capture.address import StreamAddress
    from gesturelrcn.cli.options import SensitivityChoice


def words(listed: str) -> tuple[str, ...]:
    """The words of a list with commas: "a, b" is ("a", "b")."""
    return tuple(word.strip() for word in listed.split(",") if word.strip())


def all_words(listed: list[str] | None) -> list[str]:
    """The words of an option that may be given several times, each time with a list with commas."""
    return [word for each in listed or [] for word in words(each)]


def asked_for(sensitivity: "SensitivityChoice | None", turn_on: list[str] | None) -> Sensitivities:
    """What `--sensitivity` and `--turn-on` say."""
    turned_on = frozenset(all_words(turn_on))
    return Sensitivities(NORMAL if sensitivity is None else sensitivity.value, turned_on=turned_on)


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
