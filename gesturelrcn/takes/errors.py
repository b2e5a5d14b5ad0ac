"""What can be wrong with takes."""

from gesturelrcn.errors import GestureLrcnError


class TakeError(GestureLrcnError):
    """Takes cannot be recorded, kept, read or removed; the message says why."""
