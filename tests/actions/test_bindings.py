from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gesturelrcn.actions import Binding, Bindings, load_bindings, parse_chord
from gesturelrcn.errors import BindingError
from gesturelrcn.events import Phase

GESTURES = ["point_left", "point_right", "raise_hand"]
RIGHT = '[[bind]]\ngesture = "point_right"\nkey = "Right"\n'

Write = Callable[[str | bytes], Path]


def failure(path: Path, gestures: list[str] = GESTURES) -> str:
    """The message without the folder in front."""
    with pytest.raises(BindingError) as error:
        load_bindings(path, gestures)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:")
    return message.removeprefix(f"{path.parent}/")


def test_a_whole_file(write_bindings: Write) -> None:
    path = write_bindings(
        RIGHT
        + '[[bind]]\ngesture = "raise_hand"\nkey = "ctrl+B"\non = "hold"\nafter = 1\ncooldown = 0.7\n'
        + '[[bind]]\ngesture = "raise_hand"\nkey = "F5"\non = "end"\n'
        + '[[bind]]\ngesture = "point_left"\nkey = "Left"\non = "hold"\n'
    )
    assert load_bindings(path, GESTURES) == Bindings(
        (
            Binding("point_right", parse_chord("Right")),
            Binding("raise_hand", parse_chord("ctrl+b"), on=Phase.HOLD, after=1.0, cooldown=0.7),
            Binding("raise_hand", parse_chord("F5"), on=Phase.END),
            Binding("point_left", parse_chord("Left"), on=Phase.HOLD, after=0.5),
        )
    )


def test_byte_order_mark_and_windows_line_ends(write_bindings: Write) -> None:
    path = write_bindings(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert [binding.gesture for binding in load_bindings(path, GESTURES)] == ["point_right"]


def test_the_bindings_that_a_model_can_fire() -> None:
    swipe = Binding("swipe_left", parse_chord("Left"))
    point = Binding("point_left", parse_chord("Left"))
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
            "bindings.toml:4:1: unknown field 'x'; a binding has gesture, key, on, after, cooldown",
        ),
        ("[[bnd]]\n" + RIGHT, "bindings.toml:1:1: unknown list 'bnd': did you mean '[[bind]]'?"),
        ("[options]\n" + RIGHT, "bindings.toml:1:1: unknown table 'options'"),
        (
            "[bind]\na=1",
            "bindings.toml:1:1: 'bind' is not a list of tables: write [[bind]] with two brackets",
        ),
        ("bind = [1]", "bindings.toml:1:1: 'bind' is not a list of tables: write [[bind]] with two brackets"),
        ("[[bind]]\nkey = 'Right'", "bindings.toml:1:1: this binding has no 'gesture'; write for example"),
        ("[[bind]]\ngesture = 'stop'", "bindings.toml:1:1: this binding has no 'key'; write for example"),
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
    assert found == message or (found.startswith(message) and message.endswith(("for example", "'options'")))


def test_a_model_without_gestures(write_bindings: Write) -> None:
    assert "it recognises none" in failure(write_bindings(RIGHT), [])


def test_a_missing_file(tmp_path: Path) -> None:
    assert failure(tmp_path / "gone.toml").startswith("gone.toml: there is no such file; write for example")


def test_a_folder(tmp_path: Path) -> None:
    assert failure(tmp_path) == f"{tmp_path.name}: the binding file cannot be read: Is a directory"


def test_a_device_without_end() -> None:
    assert failure(Path("/dev/zero")).startswith("zero: larger than 1 MB")


_WORDS = st.sampled_from(
    [
        "[[bind]]",
        "[bind]",
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
