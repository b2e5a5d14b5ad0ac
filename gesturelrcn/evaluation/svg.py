"""A picture as SVG text, for a page that needs no other file; needs matplotlib."""

import io

from matplotlib.axes import Axes
from matplotlib.figure import Figure


def new_axes(width: float = 7.0, height: float = 3.2) -> tuple[Figure, Axes]:
    """An empty picture of so many inches, and the axes in it."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def svg(figure: Figure) -> str:
    """The element <svg> of a picture; the same picture gives the same text."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]
