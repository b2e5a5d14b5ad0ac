import shutil

import numpy as np

from gesturelrcn.model import assets
from gesturelrcn.training.teacher import teacher


def test_stills_are_labelled_alike_by_one_process_and_by_two(tmp_path, monkeypatch):
    monkeypatch.setattr(teacher, "_STILLS_AT_ONCE", 2)
    for name in ("a/1.jpg", "a/2.jpg", "b/3.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(assets() / "person.jpg", tmp_path / name)
    (tmp_path / "b" / "damaged.jpg").write_bytes(b"no picture")
    told = []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.npz"
        assert teacher.teach_stills(tmp_path, out, workers) == 3
        with np.load(out, allow_pickle=False) as held:
            told.append({name: held[name] for name in held.files})
    alone, shared = told
    assert set(alone) == set(shared)
    for name in alone:
        np.testing.assert_allclose(alone[name], shared[name], atol=1e-3, equal_nan=True)
