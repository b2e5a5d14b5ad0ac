import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturelrcn import BindingError, Phase
from gesturelrcn.actions import (
    Binding,
    Bindings,
    Click,
    Control,
    Hold,
    Key,
    Laser,
    Options,
    Profile,
    Rules,
    Run,
    Scroll,
    Sequence,
    Text,
    Wait,
    load_bindings,
    parse_action,
    parse_bindings,
    parse_chord,
)
from gesturelrcn.actions.action import Call, pressed_by
from gesturelrcn.actions.bindings import file as reader
from gesturelrcn.actions.bindings.text import bindings_to_toml
from gesturelrcn.model import assets
from gesturelrcn.vocabulary import GESTURES

SCHEMA = json.loads(reader.SCHEMA.read_text())


def test_the_example_is_right_and_shows_every_word() -> None:
    text = (assets() / "bindings.toml").read_text()
    found = parse_bindings(text, list(GESTURES), commands_exist=False)
    assert len(found) == 8
    words = {*reader._OPTIONS, *reader._BINDING, *reader._PROFILE} - {"key"}
    assert {word for word in words if not re.search(rf"\b{word}\b", text)} == set()


def test_the_schema_knows_the_same_words_as_the_reader() -> None:
    tables = SCHEMA["properties"]
    assert set(tables) == set(reader._TOP)
    assert set(tables["options"]["properties"]) == set(reader._OPTIONS)
    assert set(SCHEMA["$defs"]["binding"]["properties"]) == set(reader._BINDING)
    assert set(tables["profile"]["additionalProperties"]["properties"]) == set(reader._PROFILE)
    assert set(reader._RULES) == {each.name for each in fields(Rules)}
    assert set(reader._OPTIONS) == {each.name for each in fields(Options)} - {"rules"} | set(reader._RULES)


@pytest.mark.parametrize("name", ["bindings.toml", "slides.toml"])
def test_shipped_files_load(name: str) -> None:
    assert load_bindings(assets() / name, list(GESTURES))


ACTIONS = [
    "key Ctrl+s",
    "hold Ctrl+Shift",
    "hold mouse left",
    "text  two  spaces",
    "click left",
    "click right 2",
    "scroll down 3",
    "wait 0.25",
    "run notify-send 'a b' c",
    "shell ls | wc > x",
    "laser",
    "arm",
    "disarm",
    "pause",
    "stop",
]


@pytest.mark.parametrize("text", ACTIONS)
def test_an_action_prints_as_it_is_written(text: str) -> None:
    assert str(parse_action(text)) == text
    assert re.search(SCHEMA["$defs"]["action"]["pattern"], text)


def test_actions_combine_into_flat_sequences() -> None:
    save = Key("CTRL+S") + Wait(0.2)
    assert save + Text("ok") == Sequence((Key("ctrl+s"), Wait(0.2), Text("ok")))
    assert str(save) == "key Ctrl+s, wait 0.2"
    assert pressed_by(save + Text("A") + Click() + Scroll("up")) == ("Ctrl", "s", "Shift", "a", "MouseLeft")
    assert str(Call(print)) == "call print"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Sequence(()),
        lambda: Click("thumb"),
        lambda: Scroll("sideways"),  # type: ignore[arg-type]
        lambda: Control("fly"),  # type: ignore[arg-type]
        lambda: Run(()),
        lambda: Wait(float("nan")),
        lambda: Key("Rigth"),
    ],
)
def test_a_wrong_value_is_refused_at_once(wrong) -> None:
    with pytest.raises(BindingError):
        wrong()


_SECONDS = st.floats(0.1, 60).map(lambda value: round(value, 3))
_STEPS = st.sampled_from(
    [
        *(Key("Right"), Key("ctrl+shift+F5"), Key("ä"), Key("+"), Hold("ctrl"), Hold("mouse right")),
        *(Text(' "a"\\ '), Text("Ä\n"), Click("middle", 3), Scroll("left", 9), Wait(1.5), Laser()),
        *(Run(("a", "b c", "")), Run(("a | b",), shell=True), Control("pause")),
    ]
)
_ACTION = _STEPS | st.lists(_STEPS, min_size=2, max_size=4).map(lambda steps: Sequence(tuple(steps)))
_RULES = st.builds(
    Rules,
    cooldown=st.none() | _SECONDS,
    return_stroke=st.none() | _SECONDS,
    inhibit_while_typing=st.none() | _SECONDS,
    pause_while_mouse=st.none() | _SECONDS,
    needs_arming=st.none() | st.booleans(),
)


def _lists_of(gestures: list[str]) -> st.SearchStrategy[tuple[Binding, ...]]:
    start = st.builds(
        Binding,
        st.sampled_from(gestures),
        _ACTION,
        rules=_RULES,
        says=st.sampled_from(["", "näh"]),
        sensitivity=st.sampled_from([None, "eager"]),
        turn_on=st.booleans(),
    )
    hold = st.builds(
        Binding, st.sampled_from(gestures), st.just(Key("a")), on=st.just(Phase.HOLD), after=_SECONDS
    )
    return st.lists(start | hold, max_size=4, unique_by=lambda each: (each.gesture, each.on, each.after)).map(
        tuple
    )


_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)
_PROFILES = st.lists(
    st.builds(
        Profile,
        _NAMES,
        st.lists(_NAMES.filter(str.strip), min_size=1, max_size=2).map(tuple),
        full_screen=st.booleans(),
        alone=st.booleans(),
        bindings=_lists_of(["shrug", "wave"]),
        rules=_RULES,
    ),
    max_size=2,
    unique_by=lambda profile: profile.name,
).map(tuple)
_OPTIONS = st.builds(
    Options,
    arm=st.none() | st.just("raise_hand"),
    arm_for=_SECONDS,
    arm_key=st.none() | st.just(parse_chord("ctrl+F19")),
    stop_corner=st.sampled_from(["none", "top-right"]),
    commands=st.just(True),
    sensitivity=st.sampled_from([None, "careful", "eager"]),
    rules=_RULES,
)


@given(st.builds(Bindings, _lists_of(["point_left", "point_right"]), _OPTIONS, _PROFILES).filter(len))
def test_what_is_written_down_reads_back_the_same(bindings: Bindings) -> None:
    assert parse_bindings(bindings_to_toml(bindings), list(GESTURES), commands_exist=False) == bindings


def test_a_file_of_ten_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    big = tmp_path / "big.toml"
    big.write_bytes(b"# nothing\n" * 1_000_000)
    with pytest.raises(BindingError, match="larger than 1 MB, so it cannot be a binding file"):
        load_bindings(big, ["wave"])
