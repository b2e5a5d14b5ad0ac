"""Addresses of network cameras, which often hold a password, in a type that does not show it."""

import re
from collections.abc import Callable
from urllib.parse import quote

from gesturelrcn.errors import CaptureError
from gesturelrcn.system.secrets import without_secrets

SCHEMES = ("http", "https", "rtsp")
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:@\s]+)(:[0-9]+)?")


class StreamAddress:
    """The address of a network stream.

    Whatever is made of it for people (`str`, `repr`, a format) lacks user, password and everything after "?"
    or "#". Only `reveal` gives the whole one, for the library that opens it. It cannot be pickled.

    Examples:
        >>> StreamAddress("rtsp://admin:secret@camera:554/stream?token=1")
        rtsp://camera:554/stream
    """

    __slots__ = ("_reveal", "_shown")

    def __init__(self, text: str) -> None:
        """Take an address as the user wrote it; "@", "#" and the like in a password need no "%40".

        Raises:
            CaptureError: it is none, or nobody can tell where its password ends.
        """
        match = _ADDRESS.fullmatch(text.strip())
        scheme = match["scheme"].lower() if match else ""
        # Without blanks it is one address, and the end of its password is not lost.
        self._shown = without_secrets("".join(text.split()))
        if match is None or scheme not in SCHEMES:
            raise CaptureError(
                f"{self._shown} is no address of a camera: one begins with http://, https:// or rtsp://."
            )
        user, place = _parted(match["rest"], self._shown)
        whole = f"{scheme}://{_encoded(user)}@{place}" if user else f"{scheme}://{place}"
        # Nothing that looks into an object shows what a function holds.
        self._reveal: Callable[[], str] = lambda: whole

    def reveal(self) -> str:
        """The whole address, password included. For nobody's eyes."""
        return self._reveal()

    @property
    def is_http(self) -> bool:
        """Whether it is a page, and not RTSP."""
        return self._shown.lower().startswith("http")

    def __str__(self) -> str:
        return self._shown

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StreamAddress) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self._shown)

    def __reduce__(self) -> str:
        """Refuse."""
        raise TypeError("the address of a camera holds a password and is not written anywhere")


def is_address(text: str) -> bool:
    """Whether this names something in a network, right or wrong, and no file."""
    return _ADDRESS.match(text.strip()) is not None


def _parted(rest: str, shown: str) -> tuple[str, str]:
    """User and password, and what comes after them."""
    user, at, host = rest.partition("/")[0].rpartition("@")
    place = host + rest[len(user) + len(at) + len(host) :]
    if not _HOST.fullmatch(re.split("[?#]", host, maxsplit=1)[0]):
        raise CaptureError(
            f"The address {shown} names no camera, or its password holds a character that ends it: write %2F"
            " for /, %3F for ?, %23 for # and %40 for @."
        )
    return user, place


def _encoded(user: str) -> str:
    """User and password as an address has them; what is written with % already stays."""
    return ":".join(
        re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe="%")) for part in user.split(":", 1)
    )
