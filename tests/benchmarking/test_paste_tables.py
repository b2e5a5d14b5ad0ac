import pytest

from benchmarks.paste_tables import BEGIN, END, pasted


def test_only_what_stands_between_the_marks_is_replaced():
    page = f"# Head\n{BEGIN}old | table\n{END}Foot\n"
    once = pasted(page, "| new |\n")
    assert once == f"# Head\n{BEGIN}\n| new |\n\n{END}Foot\n"
    assert pasted(once, "| new |\n") == once


def test_a_page_without_marks_is_refused():
    with pytest.raises(SystemExit, match="no line"):
        pasted("# Head\n", "| new |")
