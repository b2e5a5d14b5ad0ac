"""The curves of a training as one picture, from its CSV log."""

from pathlib import Path

from gesturelrcn.training.loop.log import read_rows

_COLUMNS = 3
_NOT_DRAWN = ("step", "seconds")


def draw_curves(log: Path, out: Path) -> None:
    """Draw every column of `log` against the step, each in a field of its own, into the PNG file `out`.

    No rows, no picture.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = read_rows(log)
    names = list(dict.fromkeys(name for row in rows for name in row if name not in _NOT_DRAWN))
    if not names:
        return
    lines = -(-len(names) // _COLUMNS)
    figure = Figure(figsize=(4 * _COLUMNS, 2.6 * lines), layout="constrained")
    FigureCanvasAgg(figure)
    for number, name in enumerate(names):
        points = [(row["step"], row[name]) for row in rows if name in row]
        axes = figure.add_subplot(lines, _COLUMNS, number + 1)
        axes.plot(*zip(*points, strict=True), marker="." if len(points) < 30 else "", linewidth=1)
        axes.set_title(name.replace("_", " "), fontsize=9)
        axes.grid(alpha=0.3)
    figure.suptitle(f"{log.stem} against the step", fontsize=10)
    figure.savefig(out, dpi=90)
