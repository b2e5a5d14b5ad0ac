"""Make bad files out of good ones, with hypothesis: what it finds it also makes as small as it can."""

import re
from collections.abc import Sequence

from hypothesis import strategies as st

NASTY_TEXT = (
    *(b"NaN", b"1e999", b"-1e999", b"-1", b"0", b"1e-320", b"99999999999999999999", b"-0.0", b"nan", b"inf"),
    *(
        b'""',
        b"null",
        b"[]",
        b"{}",
        b"true",
        b'"\\u0000"',
        b'"\\ud800"',
        b'"../../../etc/passwd"',
        b'"/dev/zero"',
    ),
    *(b"[" * 3000, b'{"a":' * 3000, b'"' + b"A" * 5000 + b'"', b"9" * 5000, b"\xff\xfe", b"\x00", b'"none"'),
)
"""What stands instead of a value."""
NASTY_NUMBERS = (
    b"\x00" * 4,
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\x00\x00\x00",
    b"\x01",
)
_TOKEN = re.compile(rb'"[^"\n]*"|-?\d[\w.+-]*|\b(?:true|false|null)\b|[\[\]{}=:,]')


@st.composite
def bad_text(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A text of which values, marks, lines and bytes were replaced, left out, doubled or cut off."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        way = draw(st.sampled_from(("token", "token", "token", "line", "byte", "cut", "swap")))
        if way == "token":
            text = _replace_token(draw, text)
        elif way == "line":
            text = _with_lines(draw, text)
        elif way == "swap":
            text = _swap_tokens(draw, text)
        else:
            text = _edit_bytes(draw, text, way)
    return text


def _replace_token(draw: st.DrawFn, text: bytes) -> bytes:
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text + draw(st.sampled_from(NASTY_TEXT))
    token = draw(st.sampled_from(tokens))
    new = draw(st.one_of(st.sampled_from(NASTY_TEXT), st.binary(max_size=12), st.just(b"")))
    return text[: token.start()] + new + text[token.end() :]


def _swap_tokens(draw: st.DrawFn, text: bytes) -> bytes:
    tokens = list(_TOKEN.finditer(text))
    if len(tokens) < 2:
        return text
    one, other = sorted(
        (draw(st.sampled_from(tokens)), draw(st.sampled_from(tokens))), key=lambda t: t.start()
    )
    if one.end() > other.start():
        return text
    middle = text[one.end() : other.start()]
    return text[: one.start()] + other[0] + middle + one[0] + text[other.end() :]


def _with_lines(draw: st.DrawFn, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    place = draw(st.integers(0, len(lines) - 1))
    if draw(st.booleans()):
        return b"".join(lines[:place] + lines[place + 1 :])
    return b"".join(lines[: place + 1] * draw(st.integers(1, 2)) + lines[place:])


def _edit_bytes(draw: st.DrawFn, content: bytes, way: str) -> bytes:
    if not content:
        return draw(st.binary(max_size=40))
    place = draw(st.integers(0, len(content) - 1))
    if way == "cut":
        return content[:place]
    return content[:place] + draw(st.binary(min_size=1, max_size=4)) + content[place + 1 :]


@st.composite
def bad_binary(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A binary file of which numbers, stretches and the end were changed; half of it near the head."""
    content = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        if not content:
            return draw(st.binary(max_size=64))
        last = len(content) - 1
        place = draw(st.one_of(st.integers(0, min(last, 600)), st.integers(0, last)))
        way = draw(st.sampled_from(("number", "bytes", "zeros", "cut", "double", "left out")))
        length = draw(st.integers(1, 64))
        if way == "number":
            new = draw(st.sampled_from(NASTY_NUMBERS))
            content = content[:place] + new + content[place + len(new) :]
        elif way == "bytes":
            content = content[:place] + draw(st.binary(min_size=1, max_size=8)) + content[place + 1 :]
        elif way == "zeros":
            content = content[:place] + bytes(length) + content[place + length :]
        elif way == "cut":
            content = content[: max(place, 1)]
        elif way == "double":
            content = content[: place + length] + content[place:]
        else:
            content = content[:place] + content[place + length :]
    return content
