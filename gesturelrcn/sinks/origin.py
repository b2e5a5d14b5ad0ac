"""Which web pages may read gestures.

A browser lets every page open a WebSocket to any address, 127.0.0.1 included, and tells the server only by
the `Origin` header whose page it is (RFC 6455, section 10.2).
"""

import logging
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from gesturelrcn.errors import SinkError

logger = logging.getLogger(__name__)

ANY = "*"
FROM_A_FILE = "null"
"""What a browser calls the origin of pages without one: from a file, or in a closed-off frame."""
_TOLD_LIMIT = 32


class OriginPolicy:
    """Pages of this computer and those that are named; programs that are no browsers name none."""

    def __init__(self, allowed: Sequence[str]) -> None:
        """Args: allowed: origins such as `https://example.org`, `null`, or `*` for all.

        Raises:
            SinkError: one of them is no origin.
        """
        self._allowed = frozenset(_normal(each) for each in allowed)
        self._told: set[str] = set()

    def refusal(self, origins: Sequence[str], host: str | None = None) -> str | None:
        """Why a request with these `Origin` headers gets nothing; None if it is let in.

        Args:
            origins: of the request; more than one is none.
            host: its `Host` header: the address of this computer that was asked.
        """
        if not origins:
            return None
        origin = origins[0].strip().lower() if len(origins) == 1 else "several"
        if ANY in self._allowed or origin in self._allowed or _is_of_this_computer(origin, host):
            return None
        shown = origin[:100].encode("ascii", "backslashreplace").decode()
        if shown not in self._told and len(self._told) < _TOLD_LIMIT:
            self._told.add(shown)
            logger.warning(
                "a web page of %s asked for your gestures and got nothing; --allow-origin %s would let it in",
                shown,
                shown,
            )
        return f"Pages of {shown} are not allowed to read gestures here."


def _normal(origin: str) -> str:
    if origin in (ANY, FROM_A_FILE):
        return origin
    try:
        parts = urlsplit(origin)
        well_formed = bool(parts.scheme and parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise SinkError(
            f"{origin!r} is no origin of a web page: give scheme and host without a path, as in"
            " https://example.org or http://192.168.1.20:8000."
        )
    return origin.lower()


def _is_of_this_computer(origin: str, host: str | None) -> bool:
    """A page from the loopback, or from the very address that was asked.

    Names do not count there: anybody can let a name of theirs mean an address of yours (DNS rebinding).
    """
    try:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            return False
        if parts.hostname == "localhost":
            return True
        page = ip_address(parts.hostname)
        return page.is_loopback or (bool(host) and page == ip_address(urlsplit(f"//{host}").hostname or ""))
    except ValueError:
        return False
