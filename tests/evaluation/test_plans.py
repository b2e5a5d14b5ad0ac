"""Which streams the clips of a folder make."""

import numpy as np

from gesturelrcn.evaluation import read_listing
from gesturelrcn.evaluation.plans import plan_streams
from tests.evaluation.films import folder_of, write_pictures


def test_one_stream_for_each_person_and_camera_and_none_apart(tmp_path):
    found = folder_of(
        tmp_path,
        [
            ("A", "wave", 1, 1),
            ("A", "stop", 1, 1),
            ("A", "wave", 4, 1),
            ("B", "wave", 1, 1),
            ("A", "none", 1, ""),
        ],
        count=4,
    )
    plans = plan_streams(found)

    assert [(plan.name, len(plan.clips), plan.gesture_free) for plan in plans] == [
        ("A 1m", 2, False),
        ("A 1m idle", 1, True),
        ("A 4m", 1, False),
        ("B 1m", 1, False),
    ]
    assert plan_streams(found) == plans


def test_other_sizes_make_other_streams_and_unknown_people_are_never_mixed(tmp_path):
    for name, height in zip("abcd", (90, 120, 90, 90), strict=True):
        write_pictures(tmp_path / f"{name}.avi", [np.zeros((height, 160, 3), np.uint8)] * 3, 10)
    (tmp_path / "index.csv").write_text(
        "path,subject,gesture\na.avi,A,wave\nb.avi,A,wave\nc.avi,,wave\nd.avi,,wave\n"
    )
    plans = plan_streams(read_listing(tmp_path))

    assert sorted(plan.name for plan in plans) == ["A", "A (2)", "c.avi", "d.avi"]
    assert {len(plan.clips) for plan in plans} == {1}


def test_a_video_that_does_not_decode_is_named_and_left_out(tmp_path):
    found = folder_of(tmp_path, [("A", "wave", 1, 1.0), ("A", "stop", 1, 1.0), ("A", "none", 1, "")])
    (tmp_path / "c0.avi").write_bytes(b"RIFF no video")
    (tmp_path / "c2.avi").write_bytes(b"")
    (plan,) = plan_streams(found)

    assert [clip.name for clip in plan.clips] == ["c1.avi"]
    assert [item.name for item in found.skipped] == ["c0.avi", "c2.avi"]
    assert "0 bytes" in found.skipped[1].reason
