from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gesturelrcn.actions import (
    Binding,
    Bindings,
    Control,
    Hold,
    Key,
    Options,
    Profile,
    Rules,
    Run,
    Scroll,
    Text,
    Wait,
    Window,
    load_bindings,
    parse_bindings,
    parse_chord,
)
from gesturelrcn.errors import BindingError
from gesturelrcn.events import Phase
from gesturelrcn.thresholds import Sensitivities

GESTURES = ["point_left", "point_right", "raise_hand"]
RIGHT = '[[bind]]\ngesture = "point_right"\nkey = "Right"\n'

DO = '[[bind]]\ngesture = "point_left"\ndo = '

Write = Callable[[str | bytes], Path]


def failure(path: Path, gestures: list[str] = GESTURES) -> str:
    """The message without the folder in front."""
    with pytest.raises(BindingError) as error:
        load_bindings(path, gestures)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:")
    return message.removeprefix(f"{path.parent}/")


WHOLE = """
[options]
arm = "raise_hand"
arm_for = 6
arm_key = "F9"
pause = "stop"
stop_corner = "bottom-right"
commands = true
command_limit = 2.0
only_in_profiles = true
inhibit_while_typing = 1.5

[[bind]]
gesture = "point_right"
do = "key Right"
says = "next slide"
cooldown = 1

[[bind]]
gesture = "point_left"
on = "hold"
after = 0.6
repeat = 0.15
do = "scroll down 3"

[[bind]]
gesture = "raise_hand"
on = "end"
do = ["key ctrl+S", "wait 0.2", "text  saved", "run true 'a b'", "pause"]

[profile.impress]
match = "LibreOffice Impress"
full_screen = true
cooldown = 0.5
needs_arming = false

[[profile.impress.bind]]
gesture = "point_left"
on = "hold"
do = "hold ctrl+shift"
"""


def test_a_whole_file(write_bindings: Write) -> None:
    found = load_bindings(write_bindings(WHOLE), [*GESTURES, "stop"])
    assert found.options == Options(
        arm="raise_hand",
        arm_for=6.0,
        arm_key=parse_chord("F9"),
        pause="stop",
        stop_corner="bottom-right",
        commands=True,
        command_limit=2.0,
        only_in_profiles=True,
        rules=Rules(inhibit_while_typing=1.5),
    )
    saved = Key("ctrl+s") + Wait(0.2) + Text(" saved") + Run(("true", "a b")) + Control("pause")
    assert found.all == (
        Binding("point_right", Key("Right"), rules=Rules(cooldown=1.0), says="next slide"),
        Binding("point_left", Scroll("down", 3), on=Phase.HOLD, after=0.6, repeat=0.15),
        Binding("raise_hand", saved, on=Phase.END),
    )
    held = Binding("point_left", Hold("ctrl+shift"), on=Phase.HOLD, after=0.5)
    rules = Rules(cooldown=0.5, needs_arming=False)
    assert found.profiles == (
        Profile("impress", ("LibreOffice Impress",), full_screen=True, bindings=(held,), rules=rules),
    )
    assert len(found) == 4


def test_key_is_short_for_do(write_bindings: Write) -> None:
    short = load_bindings(write_bindings(RIGHT), GESTURES)
    assert short == load_bindings(write_bindings(RIGHT.replace('key = "', 'do = "key ')), GESTURES)


def test_binding_goes_before_profile_and_profile_before_options() -> None:
    own = Binding("point_left", Key("a"), rules=Rules(cooldown=3.0))
    plain = Binding("point_right", Key("b"))
    profile = Profile("p", ("p",), rules=Rules(cooldown=2.0, pause_while_mouse=5.0))
    bindings = Bindings((own, plain), Options(rules=Rules(cooldown=1.0, return_stroke=0.1)), (profile,))
    assert [bindings.rules_of(each, profile).cooldown for each in (own, plain)] == [3.0, 2.0]
    assert [bindings.rules_of(each).cooldown for each in (own, plain)] == [3.0, 1.0]
    assert bindings.rules_of(own, profile) == Rules(3.0, 0.1, 1.0, 5.0, True)


def test_a_profile_replaces_what_it_binds_itself() -> None:
    inside, outside, other = (Binding("point_left", Key(key)) for key in "abc")
    other = Binding("point_right", Key("c"))
    profile = Profile("p", ("Impress",), bindings=(inside,))
    alone = Profile("q", ("Impress",), alone=True, bindings=(inside,))
    bindings = Bindings((outside, other), profiles=(profile,))
    assert bindings.matching("point_left", Phase.START) == [outside]
    assert bindings.matching("point_left", Phase.START, profile) == [inside]
    assert bindings.matching("point_right", Phase.START, profile) == [other]
    assert bindings.matching("point_right", Phase.START, alone) == []


@pytest.mark.parametrize(
    ("window", "fits"),
    [
        (Window("deck.odp - LibreOffice Impress", "Soffice", full_screen=True), True),
        (Window("deck", "LIBREOFFICE IMPRESS", full_screen=True), True),
        (Window("deck.odp - LibreOffice Impress", "Soffice"), False),
        (Window("deck.odp - LibreOffice Writer", "Soffice", full_screen=True), False),
    ],
)
def test_a_profile_fits_title_or_program(window: Window, fits: bool) -> None:
    profile = Profile("p", ("PowerPoint", "libreoffice impress"), full_screen=True)
    assert profile.fits(window) == fits
    bindings = Bindings((), profiles=(profile,))
    assert bindings.profile_for(window) == (profile if fits else None)
    assert bindings.profile_for(None) is None


def test_byte_order_mark_and_windows_line_ends(write_bindings: Write) -> None:
    path = write_bindings(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert [binding.gesture for binding in load_bindings(path, GESTURES)] == ["point_right"]


def test_the_bindings_that_a_model_can_fire() -> None:
    swipe = Binding("swipe_left", Key("Left"))
    point = Binding("point_left", Key("Left"))
    assert list(Bindings((swipe, point)).only(GESTURES)) == [point]


def test_a_gesture_of_ones_own_model_need_not_be_in_the_vocabulary(write_bindings: Write) -> None:
    path = write_bindings('[[bind]]\ngesture = "live_long"\nkey = "Right"')
    assert len(load_bindings(path, ["live_long"])) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '\n\n[[bind]]\ngesture = "point_rigt"\nkey = "Right"',
            "bindings.toml:4:11: unknown gesture 'point_rigt': did you mean 'point_right'?",
        ),
        (
            RIGHT + '[[bind]]\ngesture = "swipe_left"\nkey = "Right"',
            "bindings.toml:5:11: this model does not recognise 'swipe_left'; "
            "it recognises point_left, point_right, raise_hand",
        ),
        (
            '[[bind]]\ngesture = "qqqq"\nkey = "Right"',
            "bindings.toml:2:11: unknown gesture 'qqqq'; this model recognises point_left, point_right, "
            "raise_hand",
        ),
        (
            '[[bind]]\ngesture = "point_left"\nkey = "Rigth"',
            "bindings.toml:3:7: unknown key 'Rigth': did you mean 'Right'?",
        ),
        (
            'bind = [{gesture = "point_left", key = "Rigth"}]',
            "bindings.toml:1:40: unknown key 'Rigth': did you mean 'Right'?",
        ),
        (RIGHT + "cooldwn = 1", "bindings.toml:4:1: unknown field 'cooldwn': did you mean 'cooldown'?"),
        (
            RIGHT + "x = 1",
            "bindings.toml:4:1: unknown field 'x'; a binding has gesture, do, key, on, after, repeat, says, "
            "sensitivity, turn_on, cooldown, return_stroke, inhibit_while_typing, pause_while_mouse, "
            "needs_arming",
        ),
        ("[[bnd]]\n" + RIGHT, "bindings.toml:1:1: unknown list 'bnd': did you mean '[[bind]]'?"),
        (
            RIGHT + "sensitivity = 'eagr'",
            "bindings.toml:4:15: unknown sensitivity 'eagr' for 'sensitivity': did you mean 'eager'?",
        ),
        (
            RIGHT + "turn_on = 'yes'",
            "bindings.toml:4:11: 'turn_on' must be true or false",
        ),
        (
            f"{RIGHT}sensitivity = 'eager'\n{RIGHT}on = 'end'\nsensitivity = 'careful'\n",
            "bindings.toml:9:15: bindings of 'point_right' ask for the sensitivities 'eager' and 'careful'; "
            "a gesture has one, whichever program is in front",
        ),
        (
            f"{RIGHT}sensitivity = 'eager'\n[profile.a]\nmatch = 'a'\n"
            + RIGHT.replace("[[bind]]", "[[profile.a.bind]]")
            + "sensitivity = 'normal'\n",
            "bindings.toml:10:15: bindings of 'point_right' ask for the sensitivities 'eager' and 'normal'",
        ),
        (
            "[options]\narmed_sensitivity = 'eager'\n" + RIGHT,
            "bindings.toml:2:1: 'armed_sensitivity' goes only with 'arm' or 'arm_key'",
        ),
        ("[option]\n" + RIGHT, "bindings.toml:1:1: unknown table 'option': did you mean 'options'?"),
        (
            "options = 1\n" + RIGHT,
            "bindings.toml:1:1: 'options' must be a table, written [options], not number",
        ),
        ("[options]\nam = 'a'\n" + RIGHT, "bindings.toml:2:1: unknown field 'am': did you mean 'arm'?"),
        (
            "[options]\narm = 'raise_hnd'\n" + RIGHT,
            "bindings.toml:2:7: unknown gesture 'raise_hnd': did you mean 'raise_hand'?",
        ),
        (
            "[options]\narm = 'raise_hand'\npause = 'raise_hand'\n" + RIGHT,
            "bindings.toml:3:9: 'raise_hand' cannot arm and pause; choose another gesture",
        ),
        (
            "[options]\narm_key = 'F9'\npause_key = 'f9'\n" + RIGHT,
            "bindings.toml:3:13: F9 cannot arm and pause; choose another key",
        ),
        (
            "[options]\narm_for = 0\n" + RIGHT,
            "bindings.toml:2:11: 'arm_for' must lie between 0.1 and 3600 seconds",
        ),
        (
            "[options]\nstop_corner = 'top'\n" + RIGHT,
            "bindings.toml:2:15: unknown corner 'top' for 'stop_corner'; it is one of top-left,",
        ),
        (
            "[options]\ncommands = 1\n" + RIGHT,
            "bindings.toml:2:12: 'commands' must be true or false, not number",
        ),
        (
            "[options]\nonly_in_profiles = true\n" + RIGHT,
            "bindings.toml:2:1: 'only_in_profiles' lets nothing fire, because this file has no",
        ),
        (
            "[profile]\nmatch = 'x'\n" + RIGHT,
            "bindings.toml:2:1: a profile has a name of its own: write [",
        ),
        (
            "[profile.x]\nmach = 'x'\n" + RIGHT,
            "bindings.toml:2:1: unknown field 'mach': did you mean 'match'?",
        ),
        (
            "[profile.x]\n" + RIGHT,
            "bindings.toml:1:1: this profile has no 'match'; write for example",
        ),
        (
            "[profile.x]\nmatch = ['a', '']\n" + RIGHT,
            "bindings.toml:2:9: 'match' must be a text in quotes or a list of texts, none of them empty",
        ),
        (
            "[profile.x]\nmatch = 'a'\n[profile.x.bind]\n" + RIGHT,
            "bindings.toml:3:1: 'bind' is not a list of tables: write [[profile.x.bind]] with two brackets",
        ),
        (DO + "'kee Right'", "bindings.toml:3:6: unknown action 'kee': did you mean 'key'?"),
        (DO + "'Right'", "bindings.toml:3:6: unknown action 'Right': did you mean 'key Right'?"),
        (DO + "'qwertz uiop'", "bindings.toml:3:6: unknown action 'qwertz'; it is one of text, laser, key"),
        (DO + "''", "bindings.toml:3:6: there is no action; write for example key Right"),
        (DO + "[]", "bindings.toml:3:6: 'do' is an empty list; leave the binding out instead"),
        (DO + "['key a', 'key Rigth']", "bindings.toml:3:16: unknown key 'Rigth': did you mean 'Right'?"),
        (DO + "['key a', 1]", "bindings.toml:3:16: 'do' must be text in quotes, not number"),
        (DO + "1", "bindings.toml:3:6: 'do' must be text in quotes or a list of such texts, not number"),
        (DO + "'text '", "bindings.toml:3:6: there is no text to type"),
        (DO + '"text \\u0007"', "bindings.toml:3:6: no key types the character '\\x07'"),
        (DO + "'wait'", "bindings.toml:3:6: 'wait' needs a number of seconds, not ''"),
        (DO + "'wait 1e9'", "bindings.toml:3:6: a wait of 1e+09 s: it can be more than 0 and at most 60 s"),
        (DO + "'scroll'", "bindings.toml:3:6: 'scroll ' is not of the form 'scroll down 3'"),
        (DO + "'scroll don'", "bindings.toml:3:6: unknown direction 'don': did you mean 'down'?"),
        (DO + "'scroll down x'", "bindings.toml:3:6: 'x' is not a whole number"),
        (DO + "'scroll down 0'", "bindings.toml:3:6: 0 notches: it can be 1 to 100"),
        (DO + "'click letf'", "bindings.toml:3:6: unknown mouse button 'letf': did you mean 'left'?"),
        (
            DO + "'click left right'",
            "bindings.toml:3:6: 'click left right' is not of the form 'click left 2'",
        ),
        (DO + "'click left 99'", "bindings.toml:3:6: 99 clicks: it can be 1 to 10"),
        (
            DO + "'hold mouse up'",
            "bindings.toml:3:6: unknown mouse button 'up'; it is one of left, middle, right",
        ),
        (DO + "'pause now'", "bindings.toml:3:6: 'pause' stands alone, without 'now'"),
        (
            DO + "'run true'",
            "bindings.toml:3:6: 'true' is a command, and those are off: write commands = true in [options]",
        ),
        (
            "[options]\ncommands = true\n" + DO + "'run no-such-program x'",
            "bindings.toml:5:6: there is no command 'no-such-program' on this computer",
        ),
        ("[options]\ncommands = true\n" + DO + "'run'", "bindings.toml:5:6: there is no command to run"),
        (
            "[options]\ncommands = true\n" + DO + '"run echo \'a"',
            'bindings.toml:5:6: the command "echo \'a" cannot be taken apart: No closing quotation',
        ),
        (
            DO + "'key a'\nkey = 'b'",
            "bindings.toml:1:1: this binding has both 'do' and 'key', which is short for",
        ),
        (
            DO + "'hold ctrl'\non = 'end'",
            "bindings.toml:3:6: 'hold Ctrl' lasts as long as the gesture, so it cannot begin at the end of a",
        ),
        (
            DO + "'laser'\non = 'hold'\nrepeat = 1",
            "bindings.toml:3:6: 'laser' lasts as long as the gesture, so it cannot begin again and again",
        ),
        (RIGHT + "repeat = 1", "bindings.toml:4:1: 'repeat' goes only with on = \"hold\""),
        (
            RIGHT + "on = 'hold'\nrepeat = 0.01",
            "bindings.toml:5:10: 'repeat' must lie between 0.1 and 3600 seconds",
        ),
        (
            "[options]\npause_key = 'ctrl+F9'\n" + DO + "['key a', 'key ctrl+F9']",
            "bindings.toml:5:6: this action triggers itself: it presses Ctrl+F9, which is",
        ),
        (
            "[options]\narm_key = 'x'\n" + DO + "'text fix'",
            "bindings.toml:5:6: this action triggers itself: it presses x, which is the",
        ),
        (
            "[options]\npause = 'point_left'\n" + DO + "'pause'",
            "bindings.toml:5:6: this action triggers itself: 'point_left' is the 'pause' of",
        ),
        (
            "[bind]\na=1",
            "bindings.toml:1:1: 'bind' is not a list of tables: write [[bind]] with two brackets",
        ),
        ("bind = [1]", "bindings.toml:1:1: 'bind' is not a list of tables: write [[bind]] with two brackets"),
        ("[[bind]]\nkey = 'Right'", "bindings.toml:1:1: this binding has no 'gesture'; write for example"),
        (
            "[[bind]]\ngesture = 'point_left'",
            "bindings.toml:1:1: this binding has no do; write for example",
        ),
        (
            "[[bind]]\ngesture = 1\nkey = 'a'",
            "bindings.toml:2:11: 'gesture' must be text in quotes, not number",
        ),
        (
            "[[bind]]\ngesture.x = 1\nkey = 'a'",
            "bindings.toml:2:13: 'gesture' must be text in quotes, not table",
        ),
        (RIGHT + "on = true", "bindings.toml:4:6: 'on' must be text in quotes, not true or false"),
        (RIGHT + "on = 1979-05-27", "bindings.toml:4:6: 'on' must be text in quotes, not date or time"),
        (RIGHT + "on = 'strat'", "bindings.toml:4:6: unknown phase 'strat' for 'on': did you mean 'start'?"),
        (RIGHT + "on = 'x'", "bindings.toml:4:6: unknown phase 'x' for 'on'; it is one of start, hold, end"),
        (RIGHT + "after = 1", "bindings.toml:4:1: 'after' goes only with on = \"hold\""),
        (
            RIGHT + "on = 'hold'\nafter = '1'",
            "bindings.toml:5:9: 'after' must be a number of seconds, not text",
        ),
        (
            RIGHT + "cooldown = true",
            "bindings.toml:4:12: 'cooldown' must be a number of seconds, not true or false",
        ),
        (RIGHT + "cooldown = nan", "bindings.toml:4:12: 'cooldown' must lie between 0 and 3600 seconds"),
        (
            RIGHT + "cooldown = " + "9" * 400,
            "bindings.toml:4:12: 'cooldown' must lie between 0 and 3600 seconds",
        ),
        (RIGHT + "cooldown = -1", "bindings.toml:4:12: 'cooldown' must lie between 0 and 3600 seconds"),
        (
            RIGHT + "\n" + RIGHT,
            "bindings.toml:6:11: second binding for 'point_right' on start; the first is in line 2",
        ),
        ("[[bind]\n", "bindings.toml:1:7: not TOML: Expected ']]' at the end of an array declaration"),
        (b"[[bind]]\n# \xff", "bindings.toml:2:3: not UTF-8 text; save the file as UTF-8"),
        (b"\xff\xfe[\x00", "bindings.toml:1:1: not UTF-8 text; save the file as UTF-8"),
        ("", "bindings.toml:1:1: no binding in this file; write for example"),
        ("# nothing\n", "bindings.toml:1:1: no binding in this file; write for example"),
        ("bind = []", "bindings.toml:1:1: no binding in this file; write for example"),
        (b"#" * 1_000_001, "bindings.toml: larger than 1 MB, so it cannot be a binding file"),
    ],
)
def test_mistakes_name_file_line_column_and_what_was_meant(
    write_bindings: Write, content: str | bytes, message: str
) -> None:
    found = failure(write_bindings(content))
    assert found.startswith(message)


OFF = {"point_left": "found 2 of 12"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '[[bind]]\ngesture = "point_left"\nkey = "Left"\n',
            "mine:2:11: 'point_left' is off in this model (found 2 of 12); if you want it all the same, "
            "write turn_on = true into its binding",
        ),
        (
            "[options]\narm = 'point_left'\n" + RIGHT,
            "mine:2:7: 'point_left' is off in this model (found 2 of 12); choose another one, or start with "
            "--turn-on point_left",
        ),
        (RIGHT + "sensitivity = 'eager'", "mine:4:15: this model has no sensitivity 'eager'; it has normal"),
        (
            "[options]\nsensitivity = 'careful'\n" + RIGHT,
            "mine:2:15: this model has no sensitivity 'careful'; it has normal",
        ),
    ],
)
def test_what_the_model_has_off_or_has_not_is_one_sentence(content: str, message: str) -> None:
    with pytest.raises(BindingError) as told:
        parse_bindings(content, GESTURES, "mine", off=OFF, sensitivities=["normal"])
    assert str(told.value) == message


def test_a_binding_turns_on_what_the_model_has_off() -> None:
    text = '[[bind]]\ngesture = "point_left"\nkey = "Left"\nturn_on = true\n' + RIGHT
    bindings = parse_bindings(text, GESTURES, off=OFF)
    asked = Sensitivities("careful", {"wave": "normal"}, frozenset({"shrug"}))
    wanted = bindings.sensitivities(asked, armed=False)
    assert wanted == replace(asked, turned_on=frozenset({"shrug", "point_left"}))
    bindings.must_be_on(OFF)
    with pytest.raises(BindingError, match="'point_right' is off in this model"):
        bindings.must_be_on({"point_right": "why"})


def test_a_binding_goes_before_what_holds_while_armed_and_that_before_the_options() -> None:
    options = '[options]\narm = "raise_hand"\nsensitivity = "careful"\narmed_sensitivity = "eager"\n'
    bindings = parse_bindings(options + RIGHT + 'sensitivity = "normal"\n', GESTURES)
    assert bindings.sensitivities(Sensitivities(), armed=False).general == "careful"
    assert bindings.sensitivities(Sensitivities(), armed=True).general == "eager"
    assert bindings.sensitivities(Sensitivities(), armed=True).of == {"point_right": "normal"}
    silent = parse_bindings(RIGHT, GESTURES)
    assert silent.sensitivities(Sensitivities("careful"), armed=True) == Sensitivities("careful")


def test_bindings_in_python_agree_on_the_sensitivity_of_a_gesture() -> None:
    eager, careful = (
        Binding("wave", Key("a"), on=on, sensitivity=s) for on, s in [("start", "eager"), ("end", "careful")]
    )
    with pytest.raises(
        BindingError, match="bindings of 'wave' ask for the sensitivities 'eager' and 'careful'"
    ):
        Bindings((eager, careful))


def test_a_model_without_gestures(write_bindings: Write) -> None:
    assert "it recognises none" in failure(write_bindings(RIGHT), [])


def test_a_missing_file(tmp_path: Path) -> None:
    assert failure(tmp_path / "gone.toml").startswith(
        "gone.toml: there is no such binding file; write for example"
    )


def test_a_folder(tmp_path: Path) -> None:
    assert failure(tmp_path) == f"{tmp_path.name}: the binding file cannot be read: Is a directory"


def test_a_device_without_end() -> None:
    assert failure(Path("/dev/zero")).startswith("zero: larger than 1 MB")


_WORDS = st.sampled_from(
    [
        "[[bind]]",
        "[bind]",
        "[options]",
        "[profile.x]",
        "[[profile.x.bind]]",
        "match",
        "do",
        "arm",
        '"key a"',
        '"pause"',
        "gesture",
        "key",
        "on",
        "after",
        '"point_right"',
        '"Right"',
        "=",
        "\n",
        "1",
        "[",
        "{",
        "}",
        "]",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_WORDS, max_size=25).map(" ".join) | st.text(max_size=60) | st.binary(max_size=60))
def test_any_file_is_bindings_or_a_binding_error(write_bindings: Write, content: str | bytes) -> None:
    try:
        content = content.encode() if isinstance(content, str) else content
    except UnicodeEncodeError:
        return
    path = write_bindings(content)
    try:
        message = None if len(load_bindings(path, GESTURES)) else "no binding and no error"
    except BindingError as error:
        message = str(error)
    assert message is None or (message.startswith(f"{path}:") and "\n" not in message)
