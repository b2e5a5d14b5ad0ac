"""What a user can mend about synthesis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError


class SynthesisError(GestureLrcnError):
    """Synthetic people cannot be made: data or a graphics driver is missing, or a description is wrong."""


@contextmanager
def filling(out: Path, what: str) -> Iterator[None]:
    """The folder `out` is there and is being written to.

    Args:
        out: made where it is missing.
        what: is written, for the message.

    Raises:
        SynthesisError: it cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise SynthesisError(
            f"{what} cannot be written to {out} ({error}): choose another folder or make room."
        ) from error
