import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturelrcn.actions.keys import MODIFIERS, NAMED_KEYS, Chord, parse_chord
from gesturelrcn.errors import BindingError


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Right", ["Right"]),
        ("right", ["Right"]),
        ("PAGE_UP", ["PageUp"]),
        ("PageUp", ["PageUp"]),
        ("Page_Down", ["PageDown"]),
        ("space", ["Space"]),
        ("return", ["Enter"]),
        ("esc", ["Escape"]),
        ("f5", ["F5"]),
        ("b", ["b"]),
        ("B", ["b"]),
        ("7", ["7"]),
        (".", ["."]),
        ("ä", ["ä"]),
        ("İ", ["İ"]),
        ("ctrl+s", ["Ctrl", "s"]),
        ("Ctrl + Shift + F5", ["Ctrl", "Shift", "F5"]),
        ("cmd+tab", ["Super", "Tab"]),
        ("+", ["+"]),
        ("ctrl++", ["Ctrl", "+"]),
        ("ctrl+plus", ["Ctrl", "+"]),
        ("alt", ["Alt"]),
    ],
)
def test_spellings_of_keys(text: str, keys: list[str]) -> None:
    assert list(parse_chord(text).keys) == keys


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Rigth", "unknown key 'Rigth': did you mean 'Right'?"),
        ("ctrl+pagup", "unknown key 'pagup': did you mean 'PageUp'?"),
        ("ctlr+s", "unknown key 'ctlr': did you mean 'Ctrl'?"),
        ("xyzzyx", "unknown key 'xyzzyx'; write for example"),
        ("F99x" * 100, "unknown key '" + ("F99x" * 10) + "...'"),
        ("", "the key is empty"),
        ("  ", "the key is empty"),
        ("ctrl+", "'ctrl+' has no key beside a '+'"),
        ("s+ctrl", "'s+ctrl' presses s before the last key, where only Ctrl, Shift, Alt and Super can be"),
        ("ctrl+control+s", "'ctrl+control+s' names the same key twice"),
        ("\x07", "unknown key '\\x07'"),
    ],
)
def test_mistakes_say_what_was_meant(text: str, message: str) -> None:
    with pytest.raises(BindingError) as error:
        parse_chord(text)
    assert str(error.value).startswith(message)


@given(st.sets(st.sampled_from(MODIFIERS)), st.sampled_from([*NAMED_KEYS, *"abc059.,+-/"]))
def test_a_chord_reads_back_what_it_shows(modifiers: set, last: str) -> None:
    modifiers.discard(last)
    chord = Chord((*sorted(modifiers), last))
    assert parse_chord(str(chord)) == chord


@given(st.text(max_size=30))
def test_any_text_is_a_chord_or_a_binding_error(text: str) -> None:
    try:
        chord = parse_chord(text)
    except BindingError as error:
        message = str(error)
    else:
        message = ""
        assert parse_chord(str(chord)) == chord
    assert "\n" not in message
