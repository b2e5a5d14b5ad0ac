"""The page holds every picture and table, and nothing from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation.evaluate import Evaluation, measured_from
from gesturelrcn.evaluation.report import write_report
from gesturelrcn.evaluation.runner import Trace
from gesturelrcn.model.card import ModelCard
from gesturelrcn.recordings.listing import Listing, Skipped
from gesturelrcn.thresholds import Thresholds
from tests.evaluation.made import clip, start, stream

CARD = ModelCard("m <1>", "", ("none", "wave"), 64, 4, (), 8, 60, {"wave": Thresholds(0.6, 0.4, 0.1, 0.3)})


def trace():
    times = np.arange(0, 70, 0.1)
    wave = np.where((times > 2) & (times < 3), 0.9, 0.05)
    return Trace(times, np.stack([1 - wave, wave], 1).astype(np.float32), times == 0)


def measured(*streams, skipped=()) -> Evaluation:
    listing = Listing(Path("data & more"), [clip("wave")], [], list(skipped))
    return measured_from(listing, list(streams), CARD, "m")


class Page(HTMLParser):
    """Collects headings, and everything that would be fetched."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.fetched, self._in = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._in = tag
        links = [v for k, v in attrs if k in ("src", "href", "xlink:href")]
        self.fetched += [link for link in links if not link.startswith(("#", "data:"))]

    def handle_data(self, data):
        if self._in == "h2":
            self.headings.append(data)
            self._in = ""


def test_everything_is_on_one_page(tmp_path):
    full = measured(
        stream([("wave", 2, 4), ("salute", 62, 64)], [start("wave", 2.5)], trace=trace(), seconds=70),
        stream([], [start("wave", 2.5)], trace=trace(), seconds=70, name="free"),
        skipped=[Skipped("<b>.avi", "broken & gone")],
    )
    full.figures["grid"] = [{"condition": "60 frames a second", "core_recall": 0.5}]
    path = write_report(full, tmp_path / "new" / "folder", "gesturelrcn evaluate 'data & more' --report x")
    text = path.read_text()
    page = Page(text)

    assert page.headings == [
        *("In short", "What gestures were taken for", "Recall against false triggers"),
        *("How long decisions took", "Drift", "Other cameras", "Gestures", "People"),
        *("Distance, in metres", "Framing", "What was done meanwhile", "Left out"),
    ]
    assert page.fetched == []
    assert text.count("<svg") == text.count("</svg>") == 4
    assert not re.search(r"https?://(?!www\.w3\.org|matplotlib\.org|purl\.org|creativecommons\.org)", text)
    for words in ("&lt;b&gt;.avi: broken &amp; gone", "salute", "60 frames a second", "m &lt;1&gt;"):
        assert words in text


def test_a_page_about_nothing_but_idle(tmp_path):
    text = write_report(measured(stream([], [], trace=trace())), tmp_path, "x").read_text()
    assert "Nothing to draw." in text
    assert "0 in 0.017 hours" in text


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(GestureLrcnError, match="cannot be written"):
        write_report(measured(stream([], [], trace=trace())), tmp_path / "file" / "x", "x")
