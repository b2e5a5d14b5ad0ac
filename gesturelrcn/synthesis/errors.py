"""What a user can mend about synthesis."""

from gesturelrcn.errors import GestureLrcnError


class SynthesisError(GestureLrcnError):
    """Synthetic people cannot be made: data or a graphics driver is missing, or a description is wrong."""
