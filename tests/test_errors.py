from gesturelrcn.errors import in_short


def test_what_another_library_says_is_told_on_one_line_and_not_at_any_length():
    assert in_short(ValueError("bad\n  header")) == "bad header"
    assert len(in_short(TypeError("unexpected " + "A" * 5000))) < 250
    assert in_short(KeyError("joints")) == "'joints'"
