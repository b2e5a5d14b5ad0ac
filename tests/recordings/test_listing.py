"""What others have written is read with patience, and what cannot be used is named."""

import json
import math
import subprocess
import sys

import pytest

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation import read_listing
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.listing import read_index
from gesturelrcn.recordings.truth import TrueGesture
from tests.evaluation.films import write_film


def index(folder, text, *videos):
    folder.mkdir(exist_ok=True)
    for name in videos:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "index.csv").write_bytes(text.encode())
    return folder


def test_the_usual_index(tmp_path):
    (clip,) = read_listing(
        index(
            tmp_path,
            "path,subject,gesture,source_label,distance_m,framing,frames,fps,onset_s\n"
            "S1/a.avi,S1,raise_hand,x,4,full,80,20,0.75\n",
            "S1/a.avi",
        )
    ).clips

    assert (clip.subject, clip.gesture, clip.distance_m, clip.framing) == ("S1", "raise_hand", 4.0, "full")
    assert (clip.onset, clip.stroke_end, clip.offset) == (0.75, None, None)
    assert clip.path == tmp_path / "S1/a.avi"


@pytest.mark.parametrize("strict", [False, True])
def test_what_is_done_where_no_gesture_is_made(tmp_path, strict):
    head = "path,subject,gesture,fps,activity,source_label"
    lines = "a.avi,S1,none,20,drinking,x\nb.avi,S1,none,20,,phone call\nc.avi,S1,wave,20,,both hands\n"
    folder = index(tmp_path, f"{head}\n{lines}", "a.avi", "b.avi", "c.avi")

    clips = read_index(folder, strict=strict).clips

    assert [clip.activity for clip in clips] == ["drinking", "phone call", ""]


def test_an_index_by_another_hand(tmp_path):
    found = read_listing(
        index(
            tmp_path,
            "\ufeffGesture; Path ;Subject;onset_s;distance_m\r\n"
            "Thumbs Up;sub\\a.gif;Ann;;4 m\r\n"
            ";;;;\r\n"
            "NONE;b.mp4;;0.5;\r\n"
            "thumbs-up;b.mp4;Ann;n/a;far\r\n",
            "sub/a.gif",
            "b.mp4",
        )
    )

    assert [(c.name, c.subject, c.gesture, c.onset, c.distance_m) for c in found.clips] == [
        ("sub/a.gif", "Ann", "thumbs_up", None, 4.0),
        ("b.mp4", "", "none", None, 0.0),
        ("b.mp4", "Ann", "thumbs_up", None, 0.0),
    ]


def test_lines_that_cannot_be_used_are_named_and_the_rest_stays(tmp_path, caplog):
    found = read_listing(
        index(
            tmp_path, "path,gesture\na.avi,wave\ngone.avi,wave\na.avi,wave\na.avi,\n,stop\na.avi\n", "a.avi"
        )
    )

    assert [clip.name for clip in found.clips] == ["a.avi"]
    assert [item.reason for item in found.skipped] == [
        "there is no gone.avi",
        "a.avi is listed twice",
        *["the line names no video or no gesture"] * 3,
    ]
    assert f"{tmp_path / 'index.csv'}:3" in caplog.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "path and gesture"),
        ("video,label\na,b\n", "path and gesture"),
        ("path,gesture\n", "nothing to measure"),
        ("path,gesture\ngone.avi,wave\n", "gone.avi"),
    ],
)
def test_an_index_that_is_none(tmp_path, text, said):
    with pytest.raises(GestureLrcnError, match=said):
        read_listing(index(tmp_path, text))


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "index.csv").write_bytes(b"path,gesture\n\xff\xfe\x00,wave\n")
    with pytest.raises(GestureLrcnError, match="cannot be read"):
        read_listing(tmp_path)


def test_no_folder_and_an_empty_one(tmp_path):
    with pytest.raises(GestureLrcnError, match="no such folder"):
        read_listing(tmp_path / "gone")
    with pytest.raises(GestureLrcnError, match="nothing to measure"):
        read_listing(tmp_path)


def test_a_folder_for_each_class(tmp_path):
    for name in ("wave/1.mp4", "wave/2.GIF", "None/3.avi", "wave/notes.txt", "wave/.hidden.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = read_listing(tmp_path)

    assert [(clip.name, clip.gesture, clip.subject) for clip in found.clips] == [
        ("None/3.avi", "none", ""),
        ("wave/1.mp4", "wave", ""),
        ("wave/2.GIF", "wave", ""),
    ]


def test_films_with_truth_beside_them(tmp_path):
    facts = {"truth": 1, "subject": "P", "distance_m": 1.5, "framing": "upper", "fps": 10, "keypoints": []}
    gesture = {"gesture": "Wave", "onset_s": 1.0, "stroke_end_s": 1.4, "offset_s": 2.0, "hand": "left"}
    idle = {"activity": "typing", "start_s": 0.0, "end_s": 1.0}
    write_film(tmp_path / "P/long.mp4", [facts, gesture, idle, {"t": 0.0, "keypoints": []}])
    write_film(tmp_path / "by hand.mkv", [{"gesture": "stop", "onset_s": 3, "offset_s": 4}])
    write_film(tmp_path / "broken.mp4", [{"gesture": "stop", "onset_s": 3}])
    (tmp_path / "lonely.jsonl").write_text("{}\n")
    found = read_listing(tmp_path)

    long, by_hand = found.films
    assert (long.name, long.subject, long.distance_m, long.framing) == ("P/long.mp4", "P", 1.5, "upper")
    assert (long.gestures[0].gesture, long.gestures[0].stroke_end, long.gestures[0].hand) == (
        "wave",
        1.4,
        "left",
    )
    assert long.activities[0].activity == "typing"
    assert math.isnan(by_hand.gestures[0].stroke_end)
    assert [(item.name, "offset_s" in item.reason) for item in found.skipped] == [("broken.mp4", True)]


def test_truth_beside_a_clip_knows_more_than_the_index(tmp_path):
    write_film(
        tmp_path / "a.mp4", [{"gesture": "wave", "onset_s": 0.8, "stroke_end_s": 1.1, "offset_s": 1.9}]
    )
    write_film(tmp_path / "b.mp4", [{"gesture": "stop", "onset_s": 0.8, "offset_s": 1.9}])
    found = read_listing(index(tmp_path, "path,gesture,onset_s\na.mp4,wave,0.5\nb.mp4,wave,0.5\n"))

    assert [(clip.onset, clip.stroke_end, clip.offset) for clip in found.clips] == [
        (0.8, 1.1, 1.9),
        (0.5, None, None),
    ]
    assert not found.films


def test_a_choice_of_people(tmp_path):
    text = "path,subject,gesture,distance_m\na.avi,A,wave,1\na.avi,B,stop,4\n"
    found = read_listing(index(tmp_path, text, "a.avi"))

    assert [clip.subject for clip in found.only(("B",)).clips] == ["B"]
    assert [clip.subject for clip in found.only(gestures=("wave",)).clips] == ["A"]
    assert [clip.subject for clip in found.only(distances=(4.0,)).clips] == ["B"]
    with pytest.raises(GestureLrcnError, match=r"subjects here: A, B\."):
        found.only(("C",))


def test_json_lines_that_are_no_truth_do_not_stop_a_clip(tmp_path):
    (tmp_path / "a.jsonl").write_text("not json\n")
    found = read_listing(index(tmp_path, "path,gesture,onset_s\na.mp4,wave,0.5\n", "a.mp4"))
    assert (found.clips[0].onset, json.dumps(found.skipped)) == (0.5, "[]")


STRICT_HEAD = "path,subject,gesture,distance_m,fps,onset_s"


def test_a_strict_index_is_read(tmp_path):
    (tmp_path / "index.csv").write_text(f"{STRICT_HEAD}\na/b.avi,S1,Wave,4,20,0.75\nc.avi,S2,none,,15,0.5\n")
    wave, none = read_index(tmp_path, strict=True).clips  # there is no video: its tracks may be elsewhere
    assert wave == Clip(tmp_path / "a/b.avi", "a/b.avi", "S1", "Wave", 4.0, 20.0, 0.75)
    assert none == Clip(tmp_path / "c.avi", "c.avi", "S2", "none", 0.0, 15.0)


@pytest.mark.parametrize("strict", [True, False])
def test_one_index_is_one_whether_read_strictly_or_not(tmp_path, strict):
    head = f"{STRICT_HEAD},stroke_end_s,offset_s,framing"
    index(tmp_path, f"{head}\n./a//b.avi,S1,wave,4,20,0.75,1.25,2,upper\n", "a/b.avi")
    (clip,) = read_index(tmp_path, strict=strict).clips
    assert clip == Clip(
        tmp_path / "a/b.avi", "a/b.avi", "S1", "wave", 4.0, 20.0, 0.75, 1.25, 2.0, framing="upper"
    )
    assert clip.cache_name == "a__b.avi"


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        (STRICT_HEAD, "a.avi,S1,wave,4,fast,0.5", "could not convert string to float: 'fast'"),
        (STRICT_HEAD, "a.avi,S1,wave,4,20,soon", "could not convert string to float: 'soon'"),
        (STRICT_HEAD, "a.avi,S1,wave,far,20,0.5", "could not convert string to float: 'far'"),
        (STRICT_HEAD, "a.avi,S1,wave", "could not convert string to float: ''"),
        (STRICT_HEAD, ",S1,wave,4,20,0.5", "names no video"),
        ("subject,gesture,fps", "S1,wave,20", "KeyError('path') in this line."),
        ("path,gesture,fps", "a.avi,wave,20", "KeyError('subject') in this line."),
        ("path,subject,fps", "a.avi,S1,20", "KeyError('gesture') in this line."),
        ("path,subject,gesture", "a.avi,S1,wave", "KeyError('fps') in this line."),
    ],
)
def test_a_bad_line_in_a_strict_index_is_named(tmp_path, head, row, said):
    (tmp_path / "index.csv").write_text(f"{head}\n{row}\n")
    with pytest.raises(GestureLrcnError, match=r"index\.csv:2: ") as problem:
        read_index(tmp_path, strict=True)
    assert said in str(problem.value)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("content", [None, b"path,gesture\n\xff\xfe\x00,wave\n"])
def test_no_index_and_one_that_is_no_text(tmp_path, strict, content):
    if content is not None:
        (tmp_path / "index.csv").write_bytes(content)
    with pytest.raises(
        GestureLrcnError, match=r"index\.csv: (no such file; .* needs an index|cannot be read)"
    ):
        read_index(tmp_path, strict=strict)


def test_an_empty_index_lists_nothing_to_a_program_and_is_none_to_a_person(tmp_path):
    (tmp_path / "index.csv").touch()
    assert read_index(tmp_path, strict=True).clips == []
    with pytest.raises(GestureLrcnError, match="path and gesture"):
        read_index(tmp_path)


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.avi", "sub/../../a.avi", "..\\a.avi"])
def test_what_lies_outside_the_folder_is_left_out(tmp_path, name):
    folder = index(tmp_path / "in", f"path,gesture\n{name},wave\n")
    (tmp_path / "a.avi").touch()
    (item,) = read_index(folder).skipped
    assert item.reason.endswith("lies outside the folder")


def test_a_folder_with_every_source_of_truth(tmp_path):
    """The index, the truth beside a clip, that of a film, that written by hand, and a class folder."""
    clips = index(
        tmp_path / "clips", "path,gesture,onset_s\na.mp4,wave,0.5\nb.mp4,wave,0.5\n", "a.mp4", "b.mp4"
    )
    beside = {"gesture": "wave", "onset_s": 0.8, "stroke_end_s": 1.1, "offset_s": 1.9, "rested_s": 2.2}
    write_film(clips / "b.mp4", [{**beside, "hand": "left"}])
    facts = {"truth": 1, "subject": "P", "distance_m": 1.5, "framing": "upper"}
    write_film(clips / "film.mp4", [facts, {**beside, "hand": "both"}])
    write_film(clips / "by_hand.mp4", [{"gesture": "Thumbs up", "onset_s": 1, "offset_s": 2}])
    (tmp_path / "classes" / "Thumbs Up").mkdir(parents=True)
    (tmp_path / "classes" / "Thumbs Up" / "c.mp4").touch()

    listing, classes = read_listing(clips), read_listing(tmp_path / "classes")
    assert [(clip.name, clip.onset, clip.offset) for clip in listing.clips] == [
        ("a.mp4", 0.5, None),
        ("b.mp4", 0.8, 1.9),
    ]
    by_hand, film = listing.films
    assert (film.subject, film.gestures) == ("P", (TrueGesture("wave", 0.8, 1.9, 1.1, 2.2, "both"),))
    assert (by_hand.gestures[0].gesture, by_hand.gestures[0].onset, by_hand.gestures[0].hand) == (
        "thumbs_up",
        1.0,
        None,
    )
    assert [(clip.gesture, clip.onset) for clip in classes.clips] == [("thumbs_up", None)]


@pytest.mark.parametrize("content", ["", "{", "[]\n", '{"gesture": "wave"}\n', '{"t": 0}\n', "\0"])
def test_a_film_whose_truth_is_none_is_named(tmp_path, content):
    write_film(tmp_path / "good.mp4", [{"gesture": "stop", "onset_s": 3, "offset_s": 4}])
    write_film(tmp_path / "bad.mp4", []).with_suffix(".jsonl").write_text(content)
    listing = read_listing(tmp_path)
    assert [film.name for film in listing.films] == ["good.mp4"]
    (item,) = listing.skipped
    assert item.name == "bad.mp4"
    assert item.reason.startswith("bad.jsonl")


def test_a_distance_that_is_no_number_is_not_known(tmp_path):
    write_film(tmp_path / "a.mp4", [{"distance_m": "far"}, {"gesture": "stop", "onset_s": 3, "offset_s": 4}])
    assert read_listing(tmp_path).films[0].distance_m == 0.0


def test_the_network_is_not_imported_by_reading_an_index():
    program = "import sys, gesturelrcn.recordings.listing; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.lower()) is False
