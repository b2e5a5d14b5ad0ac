"""The one exception that a user may see, its kinds, and what of other exceptions it may repeat."""

_MOST_TOLD = 200
"""Characters: some exceptions repeat all that was in the file."""


class GestureLrcnError(Exception):
    """Something the user can mend: the message is one sentence that says what happened, where, what to do.

    The command line prints the message on stderr and exits with code 2.
    """


class CaptureError(GestureLrcnError):
    """A source of frames cannot be opened or read."""


class ModelError(GestureLrcnError):
    """A model file is missing, damaged, or of another kind or version."""


class BindingError(GestureLrcnError):
    """A binding file or an action in it cannot be used; the message names the file and the line."""


class InjectionError(GestureLrcnError):
    """Keys or mouse movements cannot be sent here, for example because there is no display."""


class SinkError(GestureLrcnError):
    """Events cannot be handed to other programs: a port is in use, a library is missing."""


def in_short(problem: BaseException) -> str:
    """What an exception says, as our sentence may repeat it: on one line, not too long."""
    words = " ".join(str(problem).split())
    return words if len(words) <= _MOST_TOLD else f"{words[:_MOST_TOLD]}..."
