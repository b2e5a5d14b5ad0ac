import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturelrcn.toml.positions import TomlError, parse_toml


def places(text: str) -> dict:
    _, found = parse_toml(text)
    return {path: (str(place.key), str(place.value)) for path, place in found.items()}


def test_tables_of_an_array_are_counted() -> None:
    found = places('# first\n[[bind]]\ngesture = "a"\n\n  [[ bind ]] # second\n  key="b"\n[other]\nx = 1')
    assert found["bind", 0] == ("2:1", "2:1")
    assert found["bind", 0, "gesture"] == ("3:1", "3:11")
    assert found["bind", 1] == ("5:3", "5:3")
    assert found["bind", 1, "key"] == ("6:3", "6:7")
    assert found["other", "x"] == ("8:1", "8:5")


def test_arrays_of_tables_inside_tables() -> None:
    found = places(
        "[profile.a]\nm = 1\n[[profile.a.bind]]\nk = 1\n"
        "[[profile.a.bind]]\nk = 2\n[profile.a.bind.deep]\nz = 3"
    )
    assert found["profile", "a", "bind", 1, "k"] == ("6:1", "6:5")
    assert found["profile", "a", "bind", 1, "deep", "z"] == ("8:1", "8:5")


def test_inline_tables_and_arrays() -> None:
    found = places('bind = [ { gesture = "a", key = "b" },\n  # comment ]\n  { gesture = "c" },\n]\n')
    assert found["bind", 0, "key"] == ("1:27", "1:33")
    assert found["bind", 1] == ("3:3", "3:3")
    assert found["bind", 1, "gesture"] == ("3:5", "3:15")


def test_text_that_looks_like_toml_is_still_text() -> None:
    text = (
        'a = """\n[[bind]]\nkey = 1 \\""" # no\n"""""\nb = \'\'\'\n[x]\'\'\'\n'
        'c = "# [[bind]]"\nd = \'"\'\ne = 1'
    )
    assert set(places(text)) == {("a",), ("b",), ("c",), ("d",), ("e",)}
    assert places(text)["e",] == ("9:1", "9:5")


def test_quoted_and_dotted_keys() -> None:
    found = places("\"g\\u0065sture\" = 1\n'a.b'.c = 2\nx . y = 1.5\nz = 1979-05-27 07:32:00\nlast = 0")
    assert found["gesture",] == ("1:1", "1:18")
    assert found["a.b", "c"] == ("2:1", "2:11")
    assert found["a.b",] == ("2:1", "2:11")
    assert found["x", "y"] == ("3:1", "3:9")
    assert found["last",] == ("5:1", "5:8")


def test_line_ends_of_windows() -> None:
    assert places("[[bind]]\r\nkey = 1\r\nb = 2")["bind", 0, "b"] == ("3:1", "3:5")


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("a = 1\nb == 2", "2:4", "Invalid value"),
        ('a = "x', "1:7", "Unterminated string"),
        ("[[bind]]\nkey", "2:4", "Expected '=' after a key in a key/value pair"),
        ("a = 1\na = 2", "2:6", "Cannot overwrite a value"),
    ],
)
def test_syntax_errors_are_located(text: str, position: str, message: str) -> None:
    with pytest.raises(TomlError) as error:
        parse_toml(text)
    assert (str(error.value.position), str(error.value)) == (position, message)


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000])
def test_monsters_are_errors_not_crashes(text: str) -> None:
    with pytest.raises(TomlError):
        parse_toml(text)


_KEYS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=5)
_SCALARS = st.one_of(
    st.integers(-9999, 9999),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.text("ab\"'\\#[]{}=,. \t\n", max_size=8),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)
_TABLES = st.dictionaries(_KEYS, _VALUES, max_size=3)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if "'" not in value and not set(value) & set("\n\t"):
            return f"'{value}'"
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        return f'"""\n{escaped}"""' if "\n" in value else f'"{escaped}"'
    if isinstance(value, list):
        return "[" + " # ]\n,".join(_shown(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + " , ".join(f'"{key}" = {_shown(item)}' for key, item in value.items()) + "}"
    return repr(value)


def _paths(value: Any, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, item in inner for found in _paths(item, (*path, name)))]


@given(
    st.lists(st.tuples(_KEYS, st.booleans(), _TABLES), max_size=4, unique_by=lambda part: part[0]),
    st.integers(1, 3),
)
def test_everything_that_is_parsed_has_its_place(parts: list, repeats: int) -> None:
    lines = []
    for name, is_array, table in parts:
        for _ in range(repeats if is_array else 1):
            lines.append(f"[[{name}]]" if is_array else f"[{name}]")
            lines += [f"{key} = {_shown(value)}" for key, value in table.items()]
    text = "\n".join(lines)
    document, found = parse_toml(text)
    rows = text.split("\n")
    assert set(found) == set(_paths(document)) - {()}
    for path, place in found.items():
        there = rows[place.key.line - 1][place.key.column - 1 :]
        value = document
        for step in path:
            value = value[step]
        if isinstance(path[-1], str) and there.lstrip('"').startswith(path[-1]):
            # A key: its value follows where the other position says, beginning as its kind begins.
            begins = rows[place.value.line - 1][place.value.column - 1 :]
            assert begins.startswith(_shown(value).split("\n")[0])
        else:
            assert there[0] == "[" or there.startswith(_shown(value).split("\n")[0])
