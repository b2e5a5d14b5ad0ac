"""A model's card as a page for people: what it recognises, on whom that was measured, what it cannot do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gesturelrcn.model.card import ModelCard

COMPARED = ("without", "all", "core", "latency_s", "clip_accuracy", "false_triggers")
"""Of the figures of another run those that stand beside a model's own."""

_Row = Mapping[str, Any]


def measurements(card: ModelCard) -> dict[str, dict[str, Any]]:
    """The measurements among the figures of a card, by name; what else stands there is text."""
    return {name: measured for name, measured in card.figures.items() if isinstance(measured, dict)}


def card_page(card: ModelCard) -> str:
    """The whole card in Markdown."""
    parts = [
        f"# The model {card.name}",
        card.description,
        f"It looks at pictures of {card.size} x {card.size} pixels"
        + (f" and, of the acting hand, {card.hand_size} x {card.hand_size}" if card.hand_size else "")
        + f", {card.min_fps:g} to {card.max_fps:g} a second, and has a score for each of "
        + f"{len(card.gestures)} gestures and for none.",
        *_all_measured(card),
        "## What it cannot do",
        _items(card.limits) or "Nothing is said of it.",
        "## What it learnt from",
        _table(
            ("data", "source", "licence", "for"),
            ([data[key] for key in ("name", "source", "licence", "used_for")] for data in card.data),
        ),
        *_off(card),
        "## When a gesture starts and ends",
        "A gesture starts when its smoothed score has been above one threshold for some seconds, and ends"
        " when it has been below the other.",
        *_operating_points(card),
        "## Files",
        _table(("file", "SHA-256"), ([name, f"`{digest}`"] for name, digest in card.files.items())),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _off(card: ModelCard) -> Iterator[str]:
    if card.off:
        yield "## Gestures that are off"
        yield (
            "The model has scores for these, but they start nothing unless they are turned on: with"
            " `turn_on = true` in a binding, `--turn-on` on the command line, `turn_on=` in Python."
        )
        yield _table(("gesture", "why it is off"), ([name, why] for name, why in sorted(card.off.items())))


def _operating_points(card: ModelCard) -> Iterator[str]:
    for sensitivity in card.sensitivities:
        if len(card.sensitivities) > 1:
            yield f"With the sensitivity `{sensitivity}`:"
        yield _table(
            ("gesture", "starts above", "for s", "ends below", "for s"),
            (
                [
                    named(card, name),
                    f"{of.start:.2f}",
                    f"{of.start_after:g}",
                    f"{of.end:.2f}",
                    f"{of.end_after:g}",
                ]
                for name, of in sorted(card.thresholds_at(sensitivity).items())
            ),
        )


def named(card: ModelCard, gesture: str) -> str:
    """The gesture as lists show it: with a word where it is off."""
    return f"{gesture} (off)" if gesture in card.off else gesture


def _all_measured(card: ModelCard) -> Iterator[str]:
    for name, measured in measurements(card).items():
        yield f"## {_words(name)}"
        yield _first_sentence(measured)
        yield _split(card, measured)
        yield "[What the figures mean](metrics.md), and which gestures are the core."
        yield _table(
            (
                "gesture",
                "found",
                "starts that were right",
                "decided after onset, s",
                "95 % within, s",
                "clips right",
            ),
            _gestures(card, measured),
        )
        for title, key in (
            ("person", "per_subject"),
            ("distance, m", "per_distance"),
            ("framing", "per_framing"),
        ):
            yield _table(
                (title, "found", "starts that were right", "clips right"), _groups(measured.get(key, {}))
            )
        yield _without_gesture(measured)
        yield _activities(measured)
        yield from _beside(measured)
        yield from _again(measured.get("command", ""))


def _first_sentence(measured: _Row) -> str:
    people = [subject for subject in measured.get("subjects", []) if subject]
    who = (
        f" of {len(people)} {_many('person', 'people', len(people))} ({', '.join(people)})" if people else ""
    )
    everything = measured["all"]
    median, _ = _latency(measured)
    soon = f" (half of them within {median} s of the onset)" if median else ""
    clips = measured["clips"]
    what = f"{clips} clips" if clips else f"{measured['streams']} streams"
    named = (
        f", the likeliest class right in {_percent(measured['clip_accuracy'])} of the clips" if clips else ""
    )
    return (
        f"{what}{who}, {measured['minutes']:.1f} minutes{' of streams' if clips else ''}:"
        f" {_of(everything, 'found', 'true')} gestures found{soon},"
        f" {_of(everything, 'found', 'starts')} starts right{named}."
    )


def _split(card: ModelCard, measured: _Row) -> str:
    people = " and ".join(subject for subject in measured.get("subjects", []) if subject)
    notes = [text for text in card.figures.values() if isinstance(text, str)]
    held_out = f"The figures are of {people}." if people else ""
    about = _sentence(measured.get("about", ""))
    return " ".join(part for part in ("Split:", held_out, about, *notes) if part)


def _gestures(card: ModelCard, measured: _Row) -> Iterator[list[str]]:
    shown = {name: row for name, row in measured["per_class"].items() if "true" in row}
    for name, row in shown.items():
        yield [named(card, name), *_shares(row), *_latency(row), _percent(row["clip_accuracy"])]
    for name in ("core", "all"):
        row = measured[name]
        latency = _latency({"latency_s": measured["core_latency_s" if name == "core" else "latency_s"]})
        yield [f"**{name}**", *_shares(row), *latency, _percent(row["clip_accuracy"])]
    for name in sorted(measured["per_class"].keys() - shown.keys()):
        row = measured["per_class"][name]
        right = _percent(row["clip_accuracy"])
        yield [f"no gesture, {row['clips']} clips", "", f"0 of {row['starts']}", "", "", right]


def _groups(groups: _Row) -> Iterator[list[str]]:
    for name, row in groups.items():
        if name:
            yield [name, *_shares(row), _percent(row["clip_accuracy"])]


def _shares(row: _Row) -> tuple[str, str]:
    """Of the true gestures those that were found, and of the starts those that were right."""
    return _of(row, "found", "true"), _of(row, "found", "starts")


def _latency(row: _Row) -> tuple[str, str]:
    latency = row["latency_s"]
    return tuple("" if latency[key] is None else f"{latency[key]:.2f}" for key in ("p50", "p95"))  # type: ignore[return-value]


def _without_gesture(measured: _Row) -> str:
    free = measured["false_triggers"]
    if not free["hours"]:
        return "No stream was without a gesture, so nothing is known about false triggers."
    return (
        f"False triggers: {free['count']} in {_duration(free['hours'])} without a gesture"
        f" ({_duration(free['recorded_hours'])} of it played only once), which is {free['per_hour']:.3g} an"
        f" hour; the exact 95 % interval is {free['low']:.3g} to {free['high']:.3g} an hour."
    )


def _activities(measured: _Row) -> str:
    """Where the recordings say what is done by who makes no gesture: how often one starts then."""
    done = measured.get("per_activity", {})
    return _table(
        ("what was being done", "minutes", "false starts"),
        ([name, f"{row['minutes']:.1f}", str(row["false_triggers"])] for name, row in done.items()),
    )


def _beside(measured: _Row) -> Iterator[str]:
    others = measured.get("beside", [])
    if not others:
        return
    yield (
        "The same recipe on other data, measured alike. This model is that of the first line, and what it"
        " learnt from stands below with its licences."
    )
    head = ("trained", "found", "of the core", "starts that were right", "median, s", "clips right")
    yield _table((*head, "false triggers"), map(_in_a_line, (measured, *others)))


def _in_a_line(measured: _Row) -> list[str]:
    left_out, free = measured.get("without"), measured["false_triggers"]
    recall, precision = _shares(measured["all"])
    return [
        f"without {', '.join(left_out)}" if left_out else "on everything",
        recall,
        _of(measured["core"], "found", "true"),
        precision,
        _latency(measured)[0],
        _percent(measured["clip_accuracy"]),
        f"{free['count']} in {_duration(free['hours'])}",
    ]


def _again(command: str) -> Iterator[str]:
    line, _, about = command.partition(" (")
    if line:
        yield "Measured by the command below" + (f" ({about}." if about else ".")
        yield f"<!-- not run: needs the clips, which are no part of the project -->\n```bash\n{line}\n```"


def card_summary(card: ModelCard) -> str:
    """What a README has room for, in Markdown: a table of the gestures, best first, and a paragraph or two.

    The table adds up all measurements of the card. Gestures that are off are not in it.
    """
    every = measurements(card)
    if not every:
        return f"Of {card.name} nothing was measured."
    rows = [
        (gesture, *_shares(row))
        for gesture, row in sorted(_added_up(every.values()).items(), key=_best_first)
        if gesture not in card.off
    ]
    half = (len(rows) + 1) // 2
    beside = [*rows[half:], ("", "", "")]
    head = ("gesture", "found", "right starts")
    table = _table(
        (*head, "", *head), ([*left, "", *right] for left, right in zip(rows[:half], beside, strict=False))
    )
    off = f"Off unless they are turned on: {', '.join(sorted(card.off))}." if card.off else ""
    paragraphs = [table, off]
    for name, measured in every.items():
        about = _sentence(measured.get("about", ""))
        free = _without_gesture(measured) if measured["false_triggers"]["hours"] else ""
        sentence = f"{_words(name)}: {_first_sentence(measured)}"
        paragraphs.append(" ".join(filter(None, (sentence, _distances(measured), free, about))))
    return "\n\n".join(filter(None, paragraphs))


def _added_up(every: Iterable[_Row]) -> dict[str, dict[str, Any]]:
    """What was true, found and started of each gesture that somebody made, in all measurements."""
    counts: dict[str, Counter[str]] = {}
    for measured in every:
        for gesture, row in measured["per_class"].items():
            if "true" in row:
                counts.setdefault(gesture, Counter()).update(
                    {key: row[key] for key in ("true", "found", "starts")}
                )
    return {
        gesture: {
            **count,
            "recall": count["found"] / count["true"],
            "precision": count["found"] / count["starts"] if count["starts"] else None,
        }
        for gesture, count in counts.items()
        if count["true"]
    }


def _best_first(item: tuple[str, _Row]) -> tuple[float, float, str]:
    name, row = item
    return -(row.get("recall") or 0.0), -(row.get("precision") or 0.0), name


def _distances(measured: _Row) -> str:
    groups = {name: row for name, row in measured.get("per_distance", {}).items() if name}
    if len(groups) < 2:
        return ""
    shares = [f"{_of(row, 'found', 'true')} at {name} m" for name, row in groups.items()]
    return f"Found were {', '.join(shares)}."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty for no rows."""
    lines = [list(row) for row in rows]
    if not lines:
        return ""
    cells = [list(head), ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in cells)


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _of(row: _Row, part: str, whole: str) -> str:
    return f"{row[part]} of {row[whole]}" if row[whole] else "-"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _duration(hours: float) -> str:
    return (
        f"{hours:.1f} hours"
        if hours >= 1
        else f"{hours * 60:.1f} minutes"
        if hours * 60 >= 2
        else f"{hours * 3600:.0f} s"
    )


def _many(one: str, several: str, count: int) -> str:
    return one if count == 1 else several


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
