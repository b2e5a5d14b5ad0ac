"""Bars that say on stderr how far long work is, where somebody looks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


def progress_bars(count: str = "") -> "Progress":
    """Bars with what is being done, how much of it is done, and the time left; none in a file or pipe.

    Args:
        count: how much, as a format of rich's `task`; default "3/10".
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    counted = TextColumn(count) if count else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), counted, TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
