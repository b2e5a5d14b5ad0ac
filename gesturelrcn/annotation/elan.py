"""ELAN's annotation format, EAF 3.0, as the Max Planck Institute for Psycholinguistics publishes it.

A tier for each gesture, an annotation for each time it was made; its value says hand and confidence. Who
studies gestures opens the file beside the video and corrects it there.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

from gesturelrcn.annotation.timeline import Span, Timeline

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_TYPE = "gesture"
_NOTES = "about the recording"
"""The tier of what is wrong with the video; no gesture has a name with spaces."""
_NOTE_LENGTH = 1000
"""Milliseconds at the end of the video."""
_MEDIA_TYPES = {
    **{".3gp": "video/3gpp", ".avi": "video/x-msvideo", ".flv": "video/x-flv", ".gif": "image/gif"},
    **{".m2ts": "video/MP2T", ".mts": "video/MP2T", ".ts": "video/MP2T"},
    **{".m4v": "video/mp4", ".mp4": "video/mp4", ".mov": "video/quicktime", ".mkv": "video/x-matroska"},
    **{".mpeg": "video/mpeg", ".mpg": "video/mpeg", ".ogv": "video/ogg", ".webm": "video/webm"},
    **{".wmv": "video/x-ms-wmv"},
}
"""Not Python's: to that .3gp is sound, .mts a model in three dimensions and .ts a translation."""

Timed = tuple[Span, int, int]
"""A gesture with its first and last millisecond."""


def to_eaf(timeline: Timeline, video: Path, out: Path, timed: Sequence[Timed]) -> str:
    """The text of an .eaf file.

    Args:
        timeline: of one video.
        video: where it lies; the file names it absolutely and relative to `out`.
        out: where the text will lie.
        timed: the gestures in order of time, each later than 0 and longer than 0 ms.
    """
    ElementTree.register_namespace("xsi", _XSI)
    root = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": f"gesturelrcn {timeline.origin.version}, model {timeline.origin.model}",
            "DATE": timeline.made_at,
            "FORMAT": "3.0",
            "VERSION": "3.0",
            f"{{{_XSI}}}noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    annotations = [_Annotation(span.gesture, span.title, *both) for span, *both in timed]
    end = max(1, round(timeline.seconds * 1000))
    beginning = max(0, end - _NOTE_LENGTH)
    annotations += [_Annotation(_NOTES, warning, beginning, end) for warning in timeline.warnings]
    _add_header(root, video, out, len(annotations))
    _add_annotations(root, annotations)
    kind = {"LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"}
    ElementTree.SubElement(root, "LINGUISTIC_TYPE", kind)
    ElementTree.indent(root, "    ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


class _Annotation(NamedTuple):
    tier: str
    value: str
    start: int
    end: int


def _add_annotations(root: ElementTree.Element, annotations: Sequence[_Annotation]) -> None:
    order = ElementTree.SubElement(root, "TIME_ORDER")
    # Slots stand in order of time, two for each annotation, as ELAN itself writes them.
    ends = sorted(
        (at, number, side)
        for number, each in enumerate(annotations)
        for side, at in enumerate((each.start, each.end))
    )
    slots = {}
    for place, (at, number, side) in enumerate(ends, 1):
        slots[number, side] = f"ts{place}"
        ElementTree.SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": f"ts{place}", "TIME_VALUE": str(at)})
    tiers = _add_tiers(root, [each.tier for each in annotations])
    for number, each in enumerate(annotations):
        annotation = ElementTree.SubElement(tiers[each.tier], "ANNOTATION")
        alignable = ElementTree.SubElement(
            annotation,
            "ALIGNABLE_ANNOTATION",
            {
                "ANNOTATION_ID": f"a{number + 1}",
                "TIME_SLOT_REF1": slots[number, 0],
                "TIME_SLOT_REF2": slots[number, 1],
            },
        )
        ElementTree.SubElement(alignable, "ANNOTATION_VALUE").text = each.value


def _add_header(root: ElementTree.Element, video: Path, out: Path, annotations: int) -> None:
    header = ElementTree.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    media = {
        "MEDIA_URL": video.absolute().as_uri(),
        "MIME_TYPE": _MEDIA_TYPES.get(video.suffix.lower(), "video/*"),
    }
    try:
        relative = Path(os.path.relpath(video.absolute(), out.absolute().parent)).as_posix()
        media["RELATIVE_MEDIA_URL"] = quote(relative if relative.startswith(".") else f"./{relative}")
    except ValueError:  # on another drive
        pass
    ElementTree.SubElement(header, "MEDIA_DESCRIPTOR", media)
    last = ElementTree.SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"})
    last.text = str(annotations)


def _add_tiers(root: ElementTree.Element, tiers: Sequence[str]) -> dict[str, ElementTree.Element]:
    """One for each, in order of name; ELAN wants at least one."""
    names = sorted(set(tiers)) or ["gestures"]
    return {
        name: ElementTree.SubElement(root, "TIER", {"LINGUISTIC_TYPE_REF": _TYPE, "TIER_ID": name})
        for name in names
    }
