"""What can go wrong in a training and can be mended by whoever started it."""

from gesturelrcn.errors import GestureLrcnError


class TrainingError(GestureLrcnError):
    """The config, the data or the run folder cannot be used as they are; the message says what to do."""


class LossError(TrainingError, FloatingPointError):
    """The loss or its gradient is no number any more; the weights are the last good ones."""
