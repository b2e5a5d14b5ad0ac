"""The words of the desktop: a window, who tells which one is in front, the corners of the screen."""

from dataclasses import dataclass
from typing import Literal, Protocol

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right", "none"]
CORNERS: tuple[Corner, ...] = ("top-left", "top-right", "bottom-left", "bottom-right", "none")


@dataclass(frozen=True)
class Window:
    """A window as far as profiles look at it.

    Attributes:
        title: what stands in its title bar.
        program: what the program calls itself: the class on X11, else the name of its file or application.
        full_screen: it covers the whole screen.
    """

    title: str
    program: str = ""
    full_screen: bool = False

    def __str__(self) -> str:
        return f"'{self.title or self.program or 'without a name'}'"


class ActiveWindow(Protocol):
    """Tells which window is in front. Write one for a system that is not here."""

    def __call__(self) -> Window | None:
        """The window that gets the keys now; None for none or where that cannot be told.

        Must not raise, and take a few milliseconds at most: it is asked before every action.
        """
