from pathlib import Path

import pytest

from gesturelrcn.toml.table_reader import Sentences, TableReader, kind_of, parse_document, read_document


class RoomError(Exception):
    """Stands for the error of whatever room reads a file."""


LINES = Sentences(RoomError)
COLUMNS = Sentences(RoomError, columns=True)


def parsed(text: str, sentences: Sentences = LINES) -> TableReader:
    return parse_document(text, "my.toml", sentences)


def test_every_kind_of_value_is_read() -> None:
    table = parsed('a = "text"\nb = true\nc = -3\nd = 1.5\ne = [1, 2.5]\nf = "left"\n')
    assert table.text("a") == "text"
    assert table.flag("b") is True
    assert table.whole("c") == -3
    assert [table.number("c"), table.number("d")] == [-3.0, 1.5]
    assert isinstance(table.number("c"), float)
    assert table.numbers("e", count=2, expected="two numbers") == (1.0, 2.5)
    assert table.choice("f", known=("left", "right"), kind="side") == "left"
    assert table.value("e") == [1, 2.5]
    assert list(table) == ["a", "b", "c", "d", "e", "f"]
    assert "a" in table
    assert "z" not in table


def test_a_default_stands_only_where_nothing_is_written() -> None:
    table = parsed('a = ""\nb = false\nc = 0\nd = "left"\n')
    assert [table.text("a", default="x"), table.text("z", default="x")] == ["", "x"]
    assert [table.flag("b", default=True), table.flag("z", default=True)] == [False, True]
    assert [table.number("c", default=7.0), table.number("z", default=7.0)] == [0.0, 7.0]
    sides = ("left", "right")
    assert table.choice("d", known=sides, kind="side", default="right") == "left"
    assert table.choice("z", known=sides, kind="side", default="right") == "right"


READ = {
    "text": lambda table, *way: table.text(*way),
    "flag": lambda table, *way: table.flag(*way),
    "whole": lambda table, *way: table.whole(*way),
    "number": lambda table, *way: table.number(*way),
    "numbers": lambda table, *way: table.numbers(*way, count=2, expected="two numbers"),
    "choice": lambda table, *way: table.choice(*way, known=("left", "right"), kind="side"),
    "items": lambda table, *way: table.items(*way),
    "table": lambda table, *way: table.table(*way),
}


@pytest.mark.parametrize(
    ("kind", "written", "message"),
    [
        ("text", "1", "'x' must be text in quotes, not number"),
        ("text", "1979-05-27", "'x' must be text in quotes, not date or time"),
        ("flag", "1", "'x' must be true or false, not number"),
        ("flag", '"true"', "'x' must be true or false, not text"),
        ("whole", "true", "'x' must be a whole number, not true or false"),
        ("whole", "1.0", "'x' must be a whole number, not number"),
        ("whole", "9" * 400, "'x' must be a whole number of at most 64 bits, not number"),
        ("number", "true", "'x' must be a number, not true or false"),
        ("number", '"1"', "'x' must be a number, not text"),
        ("number", "nan", "'x' must be a number, not number"),
        ("number", "-inf", "'x' must be a number, not number"),
        ("number", "9" * 400, "'x' must be a number, not number"),
        ("numbers", "[1]", "'x' must be two numbers, not list"),
        ("numbers", "[1, 2, 3]", "'x' must be two numbers, not list"),
        ("numbers", "{a = 1}", "'x' must be two numbers, not table"),
        ("numbers", "[1, true]", "'x' must be a number, not true or false"),
        ("choice", "[]", "'x' must be text in quotes, not list"),
        ("choice", '"lfet"', "unknown side 'lfet': did you mean 'left'?"),
        ("choice", '"LEFT"', "unknown side 'LEFT': did you mean 'left'?"),
        ("choice", '"qqq"', "unknown side 'qqq'; known are left, right"),
        ("items", '"a"', "'x' must be a list, not text"),
        ("table", "[]", "'x' must be a table, written [x], not list"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(kind: str, written: str, message: str) -> None:
    table = parsed(f"# first\na = 1\n\nx = {written}\n")
    with pytest.raises(RoomError) as error:
        READ[kind](table, "x")
    assert str(error.value) == f"my.toml:4: {message}"


@pytest.mark.parametrize("kind", [kind for kind in READ if kind != "table"])
def test_what_is_missing_is_named_with_the_line_of_its_table(kind: str) -> None:
    with pytest.raises(RoomError, match=r"^my\.toml:3: 'x' is missing here$"):
        READ[kind](parsed("a = 1\n\n[inner]\nb = 1\n").table("inner"), "x")
    with pytest.raises(RoomError, match=r"^my\.toml:1: 'x' is missing here$"):
        READ[kind](parsed("\n\na = 1\n"), "x")


def test_columns_are_those_of_the_value_or_of_the_key() -> None:
    table = parsed("[outer]\n  speed = '1'\n", COLUMNS).table("outer")
    with pytest.raises(RoomError, match=r"^my\.toml:2:11: 'speed' must be a number"):
        table.number("speed")
    with pytest.raises(RoomError, match=r"^my\.toml:2:3: unknown field 'speed'; known are size$"):
        table.must_know(["size"])
    with pytest.raises(RoomError, match=r"^my\.toml:1:1: this table is odd$"):
        table.fail("this table is odd")
    assert str(table.place("speed").value) == "2:11"


def test_numbers_without_end_can_be_asked_for() -> None:
    table = parsed(f"a = inf\nb = -{'9' * 400}\nc = {'9' * 400}\n")
    assert [table.number(key, finite=False) for key in table] == [float("inf"), float("-inf"), float("inf")]


def test_items_of_lists_are_read_and_located_one_by_one() -> None:
    table = parsed('x = [\n  "left",\n  "right",\n  7,\n]\n')
    ways = table.items("x")
    assert [table.text(*way) for way in ways[:2]] == ["left", "right"]
    with pytest.raises(RoomError, match=r"^my\.toml:4: 'x' must be text in quotes, not number$"):
        table.text(*ways[2])
    with pytest.raises(RoomError, match=r"^my\.toml:3: unknown arm 'right'; known are left$"):
        table.choice(*ways[1], known=["left"], kind="arm")


def test_one_value_or_a_list_of_them() -> None:
    table = parsed('one = "a"\nmore = ["b", "c"]\nnone = []\n')
    texts = {key: [table.text(*way) for way in table.one_or_more(key)] for key in table}
    assert texts == {"one": ["a"], "more": ["b", "c"], "none": []}


def test_tables_in_tables_know_their_lines() -> None:
    text = "[a.b]\nx = 1\n[[a.c]]\ny = 1\n[[a.c]]\ny = 2\nz = {w = 'w'}\n"
    outer = parsed(text).table("a")
    assert outer.table("b").number("x") == 1.0
    first, second = outer.tables("c")
    assert (first.number("y"), second.number("y")) == (1.0, 2.0)
    with pytest.raises(RoomError, match=r"^my\.toml:6: 'y' must be text"):
        second.text("y")
    with pytest.raises(RoomError, match=r"^my\.toml:7: 'w' must be a number"):
        second.table("z").number("w")


def test_a_table_that_is_not_there_is_empty_and_stands_where_the_one_around_it_does() -> None:
    outer = parsed("\n[a]\n").table("a")
    assert list(outer.table("gone")) == []
    assert outer.tables("gone") == []
    with pytest.raises(RoomError, match=r"^my\.toml:2: 'x' is missing here$"):
        outer.table("gone").number("x")


@pytest.mark.parametrize("written", ["x = 1", "x = [1]", "x = [{}, 1]", "[a.x]"])
def test_a_list_of_tables_has_two_brackets(written: str) -> None:
    outer = parsed(f"[a]\n{written}\n").table("a")
    with pytest.raises(RoomError) as error:
        outer.tables("x")
    assert str(error.value) == "my.toml:2: 'x' is not a list of tables: write [[a.x]] with two brackets"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("szie", "unknown joint 'szie': did you mean 'size'?"),
        ("SIZE", "unknown joint 'SIZE': did you mean 'size'?"),
        ("index", "unknown joint 'index': did you mean 'Index'?"),
        ("INDXE", "unknown joint 'INDXE': did you mean 'Index'?"),
        ("qqqqq", "unknown joint 'qqqqq'; a hand has size, Index"),
        ('"a\\nb"', r"unknown joint 'a\nb'; a hand has size, Index"),
        ("q" * 99, f"unknown joint '{'q' * 40}...'; a hand has size, Index"),
    ],
)
def test_an_unknown_key_is_named_with_the_one_nearest_to_it_or_all(key: str, message: str) -> None:
    table = parsed(f"size = 1\n{key} = 1\n")
    with pytest.raises(RoomError) as error:
        table.must_know(("size", "Index"), "joint", "a hand has")
    assert str(error.value) == f"my.toml:2: {message}"


def test_known_keys_are_no_mistake() -> None:
    parsed("size = 1\n").must_know(("size", "speed"))


def test_a_room_has_its_own_sentences() -> None:
    sentences = Sentences(
        RoomError,
        wrong="{key} is {expected}, not {value}",
        choice="{key} has no {kind} {word}",
        near="; perhaps {near}?",
        text="a name",
        table="a table at {name}",
    )
    table = parsed('a = true\nb = "{x}"\nc = 1979-05-27\n', sentences)
    messages = []
    for read in (
        lambda: table.text("a"),
        lambda: table.number("b"),
        lambda: table.number("c"),
        lambda: table.table("a"),
        lambda: table.choice("b", known=["{y}", "{xx}"], kind="mark"),
        lambda: table.must_know(["b", "c", "aa"]),
    ):
        with pytest.raises(RoomError) as error:
            read()
        messages.append(str(error.value).removeprefix("my.toml:"))
    assert messages == [
        "1: a is a name, not true",
        "2: b is a number, not '{x}'",
        "3: c is a number, not a date or time",
        "1: a is a table at a, not true",
        "2: b has no mark '{x}'; perhaps {xx}?",
        "1: unknown field 'a'; perhaps aa?",
    ]


def test_messages_can_end_in_a_full_stop_and_name_no_line_for_the_whole_file() -> None:
    sentences = Sentences(RoomError, whole_file=True, end=".", near="; perhaps {near}?")
    table = parsed('size = "1"\n[inner]\n', sentences)
    for read, message in (
        (lambda: table.number("size"), "my.toml:1: 'size' must be a number, not text."),
        (lambda: table.must_know(["sizes", "inner"]), "my.toml:1: unknown field 'size'; perhaps sizes?"),
        (lambda: table.value("speed"), "my.toml: 'speed' is missing here."),
        (lambda: table.table("inner").value("speed"), "my.toml:2: 'speed' is missing here."),
        (lambda: parsed("", sentences).fail("nothing to read"), "my.toml: nothing to read."),
    ):
        with pytest.raises(RoomError) as error:
            read()
        assert str(error.value) == message


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[[x]]\nsteps = 900\n", "a list of tables"),
        ("[x]\nsteps = 900\n", "a table"),
        ("x = false", "false"),
        (f"x = [{'1, ' * 50}]", f"[{'1, ' * 26}1..."),
        (f"x = '{'a' * 41}'", f"'{'a' * 40}...'"),
    ],
)
def test_values_are_shown_as_toml_and_not_too_long(written: str, shown: str) -> None:
    with pytest.raises(RoomError) as error:
        parsed(written, Sentences(RoomError, wrong="not {value}")).wrong("something", "x")
    assert str(error.value) == f"my.toml:1: not {shown}"


def test_messages_show_no_value_without_end() -> None:
    sentences = Sentences(RoomError, wrong="not {value}")
    table = parsed(f"a = '{'x' * 5000}'\nb = 0x{'f' * 5000}\n", sentences)
    with pytest.raises(RoomError) as error:
        table.number("a")
    assert len(str(error.value)) < 1100
    with pytest.raises(RoomError, match=r"^my\.toml:2: not thousands of digits$"):
        table.text("b")


@pytest.mark.parametrize(("sentences", "place"), [(LINES, "2"), (COLUMNS, "2:4")])
def test_what_is_not_toml_is_located(sentences: Sentences, place: str) -> None:
    with pytest.raises(RoomError) as error:
        parsed("a = 1\nb == 2", sentences)
    assert str(error.value) == f"my.toml:{place}: not TOML: Invalid value"


def test_a_file_is_read_or_named(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text("\na = 'x'\n")
    assert read_document(path, "list of wishes", LINES).text("a") == "x"
    with pytest.raises(RoomError) as error:
        read_document(path, "list of wishes", LINES).number("a")
    assert str(error.value) == f"{path}:2: 'a' must be a number, not text"
    path.write_bytes(b"# \xff\n")
    with pytest.raises(RoomError) as error:
        read_document(path, "list of wishes", LINES)
    assert str(error.value) == f"{path}: not UTF-8 text; save the file as UTF-8"
    with pytest.raises(RoomError, match=r"gone: there is no such list of wishes$"):
        read_document(str(tmp_path / "gone"), "list of wishes", LINES)


def test_kinds_of_values_have_words() -> None:
    document = parsed("a = 'x'\nb = true\nc = 1\nd = 1.5\ne = []\nf = {}\ng = 07:32:00\n")
    words = ["text", "true or false", "number", "number", "list", "table", "date or time"]
    assert [kind_of(document.value(key)) for key in document] == words
