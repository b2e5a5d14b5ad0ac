"""Tables of numbers beside recordings, and how far off a model is that tells them."""

import numpy as np
import pytest

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.recordings.tables import numbers_of, table_of


def table(folder, text):
    video = folder / "a.mp4"
    table_of(video).write_text(text)
    return video


def test_numbers_lie_between_the_lines_of_the_table(tmp_path):
    video = table(tmp_path, "t,height,angle\n0.0,1.0,10\n1.0,0.0,30\n")
    told = numbers_of(video, ("angle", "height"), np.array([0.0, 0.25, 1.0]))
    assert told == pytest.approx(np.array([[10, 1.0], [15, 0.75], [30, 0.0]]))
    assert told.dtype == np.float32


def test_what_nobody_tells_is_no_number(tmp_path):
    video = table(tmp_path, "t,height\n0.5,1.0\n1.0,\n1.5,2.0\n")
    told = numbers_of(video, ("height", "weight"), np.array([0.0, 0.5004, 1.0, 2.0]))
    assert np.isnan(told[:, 1]).all()
    assert np.isnan(told[[0, 3], 0]).all()
    assert told[1:3, 0] == pytest.approx([1.0, 1.5], abs=1e-3)
    assert np.isnan(numbers_of(tmp_path / "none.mp4", ("height",), np.zeros(2))).all()


@pytest.mark.parametrize(
    ("text", "line"), [("time,height\n0,1\n", 1), ("t,height\n0,1\n0.1,tall\n", 3), ("t,height\nsoon,1\n", 2)]
)
def test_a_table_that_is_none_is_named_with_its_line(tmp_path, text, line):
    with pytest.raises(GestureLrcnError, match=rf"a\.csv:{line}: no table of numbers"):
        numbers_of(table(tmp_path, text), ("height",), np.zeros(1))
