"""One page with a key frame of every gesture that was found; it needs no other file and no network."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path

from gesturelrcn.annotation.timeline import Span
from gesturelrcn.annotation.workers import Outcome
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.whole_files import write_whole

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #666; }
@media (prefers-color-scheme: dark) { :root { --soft: #aaa; } }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .3rem; overflow-wrap: anywhere; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
svg { width: 100%; height: 2rem; display: block; margin: .5rem 0; }
svg { background: var(--line); border-radius: 4px; }
ul { list-style: none; padding: 0; display: grid; gap: 1rem; }
ul { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
li { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
li p { padding: 0 .6rem; } li p:last-child { padding-bottom: .5rem; }
img { width: 100%; display: block; } b { border-bottom: .2rem solid; }
"""


_MARK = '<meta name="generator" content="gesturelrcn annotate">'
"""By this a page of ours is known."""


def must_be_replaceable(path: Path) -> None:
    """See that there is no file of somebody else's at `path`; a page of an earlier run may be replaced.

    Raises:
        GestureLrcnError: there is one.
    """
    if path.is_dir():
        raise GestureLrcnError(f"{path} is a folder: name a file for the summary.")
    try:
        ours = _MARK.encode() in path.read_bytes()[:1000]
    except FileNotFoundError:
        return
    except OSError as problem:
        raise GestureLrcnError(
            f"{path} cannot be replaced ({problem.strerror}): name another file."
        ) from None
    if not ours:
        raise GestureLrcnError(f"{path} is there already, and no summary of ours: --force replaces it.")


def write_summary(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the page; it is there whole or not at all.

    Args:
        path: the file.
        outcomes: of all videos, in the order in which they shall be shown; those that could not be read are
            named.

    Raises:
        GestureLrcnError: it cannot be written.
    """
    write_whole(path, page(outcomes).encode("utf-8", "replace"))


def page(outcomes: Sequence[Outcome]) -> str:
    """The page as HTML."""
    read = [outcome for outcome in outcomes if outcome.timeline is not None]
    gestures = sorted({span.gesture for outcome in read for span in outcome.matches})
    colours = {name: f"hsl({round(360 * n / len(gestures))} 65% 45%)" for n, name in enumerate(gestures)}
    count = sum(len(outcome.matches) for outcome in read)
    body = [
        "<h1>Gestures found</h1>",
        f'<p class="soft">{_many(count, "gesture")} in {_many(len(read), "video")}. '
        "A gesture begins here when it was recognised, a little after the hand left its rest.</p>",
        *(_section(outcome, colours) for outcome in read),
        *(
            f'<h2>{escape(outcome.job.video.name)}</h2><p class="soft">Skipped: {escape(outcome.problem)}</p>'
            for outcome in outcomes
            if outcome.timeline is None
        ),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_MARK}\n"
        f"<title>Gestures found</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _section(outcome: Outcome, colours: dict[str, str]) -> str:
    timeline = outcome.timeline
    assert timeline is not None
    head = (
        f"<h2>{escape(timeline.video)}</h2>\n"
        f'<p class="soft">{clock(timeline.seconds)}, {_many(len(outcome.matches), "gesture")}, '
        f"model {escape(timeline.origin.model)}</p>\n"
    )
    head += "".join(f'<p class="soft">{escape(warning)}</p>\n' for warning in timeline.warnings)
    if not outcome.matches:
        return head
    bars = "".join(_bar(span, timeline.seconds, colours[span.gesture]) for span in outcome.matches)
    cards = "\n".join(_card(outcome, span, colours[span.gesture]) for span in outcome.matches)
    title = f"When each gesture was made in {escape(timeline.video)}"
    return (
        f'{head}<svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{title}">'
        f"{bars}</svg>\n<ul>\n{cards}\n</ul>"
    )


def _bar(span: Span, seconds: float, colour: str) -> str:
    left, width = 1000 * span.start / seconds, max(1.0, 1000 * (span.end - span.start) / seconds)
    label = f"{clock(span.start)} {escape(span.title)}"
    return (
        f'<rect x="{left:.1f}" y="0" width="{width:.1f}" height="10" fill="{colour}">'
        f"<title>{label}</title></rect>"
    )


def _card(outcome: Outcome, span: Span, colour: str) -> str:
    jpeg = outcome.key_frames.get(span.id)
    what = f"{span.gesture} at {clock(span.peak)}"
    picture = ""
    if jpeg is not None:
        source = f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
        picture = f'<img src="{source}" alt="{escape(what)}" loading="lazy">\n'
    hand = {None: "", "both": "both hands, "}.get(span.hand, f"{span.hand} hand, ")
    return (
        f'<li>\n{picture}<p><b style="border-color: {colour}">{escape(span.gesture)}</b></p>\n'
        f'<p class="soft">{clock(span.start)} to {clock(span.end)}<br>{hand}{span.confidence:.2f}</p>\n</li>'
    )


def clock(seconds: float) -> str:
    """Seconds as people read them: 1:02:03.4, or 2:03.4 below an hour."""
    tenths = round(seconds * 10)
    hours, minutes, rest = tenths // 36000, tenths // 600 % 60, tenths % 600 / 10
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
