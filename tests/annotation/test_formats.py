"""What other programs read: CSV, WebVTT by its grammar, ELAN by the rules of its schema."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gesturelrcn.annotation.formats import FORMATS, write_timeline
from gesturelrcn.annotation.jobs import SUFFIXES
from tests.annotation.made import SPANS, TIMELINE

EMPTY = replace(TIMELINE, spans=())


def test_csv():
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](TIMELINE, None, None))))
    assert [row["gesture"] for row in rows] == ["raise_hand", "wave", "raise_hand"]
    assert rows[0] == {
        **{"gesture": "raise_hand", "start_s": "0.45", "end_s": "1.234567", "confidence": "0.987654"},
        **{"hand": "right", "x": "0.25", "y": "0.125", "note": ""},
    }
    assert (rows[2]["hand"], rows[2]["x"], rows[2]["y"]) == ("", "", "")
    assert list(csv.DictReader(io.StringIO(FORMATS["csv"](EMPTY, None, None)))) == []


STAMP = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"


def read_webvtt(text):
    """Cues as (milliseconds, milliseconds, text); whatever the W3C grammar does not allow fails here."""
    assert "\r" not in text
    head, *blocks = re.split(r"\n{2,}", text.rstrip("\n"))
    assert re.fullmatch(r"WEBVTT(?:[ \t][^\n]*)?", head)
    cues = []
    for block in blocks:
        if re.match(r"NOTE(?:[ \t\n]|$)", block):
            assert "-->" not in block
            continue
        number, timing, *lines = block.split("\n")
        assert "-->" not in number
        both = re.fullmatch(rf"{STAMP}[ \t]+-->[ \t]+{STAMP}", timing)
        assert both, timing
        start, end = (
            ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)
            for hours, minutes, seconds, thousandths in (both.groups()[:4], both.groups()[4:])
        )
        content = "\n".join(lines)
        assert "-->" not in content
        assert re.fullmatch(r"(?:[^&<]|&(?:amp|lt|gt|lrm|rlm|nbsp);)+", content), content
        assert start < end
        assert not cues or cues[-1][0] <= start
        cues.append((start, end, content))
    return cues


def test_webvtt():
    assert read_webvtt(FORMATS["vtt"](TIMELINE, None, None)) == [
        (450, 1235, "raise_hand, right hand, 0.99"),
        (61000, 61001, "wave, both hands, 0.80"),  # nothing lasts no time at all
        (3725500, 3726750, "raise_hand, 0.75"),
    ]
    assert read_webvtt(FORMATS["vtt"](EMPTY, None, None)) == []


def test_names_of_gestures_cannot_break_webvtt():
    odd = replace(SPANS[0], gesture="<b>this & --> that</b>")
    ((_, _, content),) = read_webvtt(FORMATS["vtt"](replace(TIMELINE, spans=(odd,)), None, None))
    assert content.startswith("&lt;b&gt;this &amp; --&gt; that&lt;/b&gt;")


ATTRIBUTES = {
    # element: required attributes, optional attributes; as EAFv3.0.xsd has them
    "ANNOTATION_DOCUMENT": ({"DATE", "AUTHOR", "VERSION"}, {"FORMAT"}),
    "HEADER": (set(), {"MEDIA_FILE", "TIME_UNITS"}),
    "MEDIA_DESCRIPTOR": (
        {"MEDIA_URL", "MIME_TYPE"},
        {"RELATIVE_MEDIA_URL", "TIME_ORIGIN", "EXTRACTED_FROM"},
    ),
    "PROPERTY": (set(), {"NAME"}),
    "TIME_ORDER": (set(), set()),
    "TIME_SLOT": ({"TIME_SLOT_ID"}, {"TIME_VALUE"}),
    "TIER": (
        {"TIER_ID", "LINGUISTIC_TYPE_REF"},
        {"PARTICIPANT", "ANNOTATOR", "DEFAULT_LOCALE", "PARENT_REF"},
    ),
    "ANNOTATION": (set(), set()),
    "ALIGNABLE_ANNOTATION": ({"ANNOTATION_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"}, {"SVG_REF", "CVE_REF"}),
    "ANNOTATION_VALUE": (set(), set()),
    "LINGUISTIC_TYPE": (
        {"LINGUISTIC_TYPE_ID"},
        {"TIME_ALIGNABLE", "CONSTRAINTS", "GRAPHIC_REFERENCES", "CONTROLLED_VOCABULARY_REF"},
    ),
}
CHILDREN = {
    # element: children in this order, how often at least and at most
    "ANNOTATION_DOCUMENT": [
        ("LICENSE", 0, 99),
        ("HEADER", 1, 1),
        ("TIME_ORDER", 1, 1),
        ("TIER", 0, 99),
        ("LINGUISTIC_TYPE", 0, 99),
    ],
    "HEADER": [("MEDIA_DESCRIPTOR", 0, 99), ("LINKED_FILE_DESCRIPTOR", 0, 99), ("PROPERTY", 0, 99)],
    "TIME_ORDER": [("TIME_SLOT", 0, 99)],
    "TIER": [("ANNOTATION", 0, 99)],
    "ANNOTATION": [("ALIGNABLE_ANNOTATION", 1, 1)],
    "ALIGNABLE_ANNOTATION": [("ANNOTATION_VALUE", 1, 1)],
}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def must_be_eaf(text):
    """Fails where the text is no EAF 3.0: structure, attributes, identifiers and what refers to them."""
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert root.attrib.pop(f"{XSI}noNamespaceSchemaLocation").endswith("EAFv3.0.xsd")
    for element in root.iter():
        required, optional = ATTRIBUTES[element.tag]
        assert required <= set(element.attrib) <= required | optional, element.tag
        rest = [child.tag for child in element]
        for tag, least, most in CHILDREN.get(element.tag, []):
            count = next((n for n, other in enumerate(rest) if other != tag), len(rest))
            assert least <= count <= most, tag
            rest = rest[count:]
        assert rest == [], element.tag
    assert root.get("FORMAT") == "3.0"
    datetime.fromisoformat(root.get("DATE"))
    assert root.find("HEADER").get("TIME_UNITS") == "milliseconds"
    slots = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")}
    identifiers = [*slots, *(one.get("ANNOTATION_ID") for one in root.iter("ALIGNABLE_ANNOTATION"))]
    assert len(set(identifiers)) == len(identifiers) == 3 * len(list(root.iter("ALIGNABLE_ANNOTATION")))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in identifiers)
    assert list(slots.values()) == sorted(slots.values())
    assert all(0 <= at < 2**32 for at in slots.values())
    types = [kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")]
    tiers = [tier.get("TIER_ID") for tier in root.iter("TIER")]
    assert len(set(types)) == len(types)
    assert len(set(tiers)) == len(tiers) > 0
    assert {tier.get("LINGUISTIC_TYPE_REF") for tier in root.iter("TIER")} <= set(types)
    return root, slots


def test_elan(tmp_path):
    video, out = tmp_path / "films" / "my film.mp4", tmp_path / "out" / "my film.gestures.eaf"
    out.parent.mkdir()
    write_timeline(TIMELINE, video, out, "eaf")
    root, slots = must_be_eaf(out.read_text(encoding="utf-8"))

    told = {
        tier.get("TIER_ID"): [
            (slots[one.get("TIME_SLOT_REF1")], slots[one.get("TIME_SLOT_REF2")], one[0].text)
            for one in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        for tier in root.iter("TIER")
    }
    assert told == {
        "raise_hand": [(450, 1235, "raise_hand, right hand, 0.99"), (3725500, 3726750, "raise_hand, 0.75")],
        "wave": [(61000, 61001, "wave, both hands, 0.80")],
    }
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    assert media.get("MEDIA_URL") == video.as_uri()
    assert media.get("RELATIVE_MEDIA_URL") == "../films/my%20film.mp4"
    assert media.get("MIME_TYPE") == "video/mp4"
    assert root.find("HEADER/PROPERTY").text == "3"


def test_elan_without_any_gesture_and_beside_its_video(tmp_path):
    root, slots = must_be_eaf(FORMATS["eaf"](EMPTY, tmp_path / "a.mp4", tmp_path / "a.eaf"))
    assert slots == {}
    assert root.find("HEADER/MEDIA_DESCRIPTOR").get("RELATIVE_MEDIA_URL") == "./a.mp4"


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_unicode_can_be_written(tmp_path, form):
    odd = replace(TIMELINE, video="caf\udce9.mp4")
    out = tmp_path / f"odd.{form}"
    write_timeline(odd, tmp_path / odd.video, out, form)
    assert out.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


NOTED = replace(TIMELINE, notes=("breaks off after 4000.0 s of 5000.0 s",))


def test_what_is_wrong_with_the_video_stands_in_every_format():
    told = f"{TIMELINE.video} breaks off after 4000.0 s of 5000.0 s."
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](NOTED, None, None))))
    assert [row["gesture"] for row in rows] == ["raise_hand", "wave", "raise_hand", ""]
    assert (rows[-1]["start_s"], rows[-1]["note"]) == ("4000.04", told)

    text = FORMATS["vtt"](NOTED, None, None)
    assert read_webvtt(text) == read_webvtt(FORMATS["vtt"](TIMELINE, None, None))
    assert "NOTE " + told.replace("-->", "->") in text

    eaf = FORMATS["eaf"](NOTED, Path("a.mp4"), Path("a.eaf"))
    must_be_eaf(eaf)
    tiers = {tier.get("TIER_ID"): tier for tier in ElementTree.fromstring(eaf).iter("TIER")}
    assert [value.text for value in tiers["about the recording"].iter("ANNOTATION_VALUE")] == [told]

    assert json.loads(FORMATS["jsonl"](NOTED, None, None).splitlines()[0])["notes"] == list(NOTED.notes)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_elan_is_told_that_it_is_a_film(suffix):
    text = FORMATS["eaf"](TIMELINE, Path(f"a{suffix.upper()}"), Path("a.eaf"))
    (media,) = ElementTree.fromstring(text).iter("MEDIA_DESCRIPTOR")
    kind, _, name = media.get("MIME_TYPE").partition("/")
    assert kind == "video"
    assert name != "*"
    assert (name == "MP2T") == (suffix in (".ts", ".mts", ".m2ts"))
