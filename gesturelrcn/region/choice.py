"""Which locator looks for people."""

from gesturelrcn.region.locator import Choice, Locator


def person_locator(choice: Choice = "raised_hand") -> Locator:
    """A new locator that follows one person among several.

    Args:
        choice: who is followed where there are several.

    Raises:
        GestureLrcnError: what it needs is not installed.
    """
    from gesturelrcn.region.mediapipe import MediaPipeLocator

    return MediaPipeLocator(choice)
