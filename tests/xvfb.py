"""An X server without a screen, for tests that send and receive real keys: the one that the demo uses."""

from demos.presentation import XServer

__all__ = ["XServer"]
