"""Which videos, what is done already, and what is refused before any work begins."""

from dataclasses import replace
from pathlib import Path

import pytest

from gesturelrcn.annotation import AnnotationRequest, plan_jobs
from gesturelrcn.annotation.jobs import find_videos
from gesturelrcn.annotation.timeline import to_lines
from gesturelrcn.errors import CaptureError, GestureLrcnError
from tests.annotation.made import ORIGIN, TIMELINE

GESTURES = ["raise_hand", "wave", "point_left"]


@pytest.fixture
def folder(tmp_path):
    for name in ("b.mp4", "a.MKV", "notes.txt", "sub/c.webm", ".hidden.mp4", ".cache/d.mp4"):
        path = tmp_path / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "films"


def plan(places, request=None, origin=ORIGIN):
    return plan_jobs(places, request or AnnotationRequest(), lambda video: origin)


def test_a_folder_stands_for_the_videos_in_it_and_below(folder):
    found = find_videos([folder])
    assert [relative for _, relative in found] == [Path("a.MKV"), Path("b.mp4"), Path("sub/c.webm")]
    assert find_videos([folder / "b.mp4", folder, folder / "notes.txt"])[0] == (
        folder / "b.mp4",
        Path("b.mp4"),
    )
    assert len(find_videos([folder / "b.mp4", folder, folder / "notes.txt"])) == 4
    (folder / "empty").mkdir()
    with pytest.raises(GestureLrcnError, match="empty holds no video"):
        find_videos([folder / "empty"])


def test_where_results_lie(folder, tmp_path):
    jobs = plan([folder], AnnotationRequest(("vtt", "eaf")))
    assert jobs[0].outputs == {form: folder / f"a.gestures.{form}" for form in ("jsonl", "vtt", "eaf")}
    jobs = plan([folder], AnnotationRequest(out=tmp_path / "out"))
    assert [job.outputs["jsonl"] for job in jobs] == [
        tmp_path / "out" / name for name in ("a.gestures.jsonl", "b.gestures.jsonl", "sub/c.gestures.jsonl")
    ]
    assert {job.missing for job in jobs} == {("jsonl",)}


def test_videos_that_differ_in_the_end_of_their_names_keep_it(folder):
    (folder / "b.avi").touch()
    names = [job.outputs["jsonl"].name for job in plan([folder])]
    assert names == ["a.gestures.jsonl", "b.avi.gestures.jsonl", "b.mp4.gestures.jsonl", "c.gestures.jsonl"]


def test_videos_of_one_name_have_clips_and_timelines_of_their_own(folder, tmp_path):
    for place in ("x/b.mp4", "y/b.mp4", "y/b.mov"):
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).touch()
    labels = [job.label for job in plan([folder])]
    assert labels == ["a", "b", "c", "x-b", "y-b.mov", "y-b.mp4"]

    out = tmp_path / "out"
    jobs = plan([folder / "x" / "b.mp4", folder / "y" / "b.mp4"], AnnotationRequest(out=out))
    assert [job.outputs["jsonl"] for job in jobs] == [out / name / "b.gestures.jsonl" for name in "xy"]
    assert [job.label for job in jobs] == ["x-b", "y-b"]


def test_two_videos_for_one_file_are_refused(folder, tmp_path):
    with pytest.raises(GestureLrcnError, match="would both be written"):
        plan([folder / "a.MKV", folder / "sub" / ".." / "a.MKV"], AnnotationRequest(out=tmp_path / "out"))


def test_what_is_up_to_date_is_not_done_again(folder):
    video = folder / "b.mp4"
    (folder / "b.gestures.jsonl").write_text(to_lines(TIMELINE))
    (job,) = plan([video], AnnotationRequest(("vtt",)))
    assert (job.done, job.missing) == (TIMELINE, ("vtt",))
    (folder / "b.gestures.vtt").write_text("corrected by hand")
    (job,) = plan([video], AnnotationRequest(("vtt",)))
    assert (job.done, job.missing) == (TIMELINE, ())
    (job,) = plan([video], AnnotationRequest(("vtt",), force=True))
    assert (job.done, job.missing) == (None, ("jsonl", "vtt"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"video_sum": "other"}, "the video has changed"),
        ({"model_sum": "other"}, "with the model gestures-2 as it was then"),
        ({"engine": "torch"}, "by onnxruntime"),
        ({"mirrored": True}, "without --mirrored"),
        ({"version": "9.9"}, r"by gesturelrcn 0\.1\.0"),
    ],
)
def test_what_was_made_from_something_else_is_refused(folder, change, said):
    (folder / "b.gestures.jsonl").write_text(to_lines(TIMELINE))
    other = replace(ORIGIN, **change)
    with pytest.raises(
        GestureLrcnError, match=rf"b\.gestures\.jsonl is there already, but .*{said}.*--force"
    ):
        plan([folder / "b.mp4"], origin=other)
    (job,) = plan([folder / "b.mp4"], AnnotationRequest(force=True), origin=other)
    assert job.missing == ("jsonl",)


def test_what_is_not_ours_is_refused(folder):
    (folder / "b.gestures.vtt").write_text("somebody's")
    with pytest.raises(GestureLrcnError, match=r"b\.gestures\.vtt is there already, and no timeline"):
        plan([folder / "b.mp4"], AnnotationRequest(("vtt",)))
    (folder / "b.gestures.jsonl").write_text("{}")
    with pytest.raises(GestureLrcnError, match=r"b\.gestures\.jsonl is there already, and no timeline"):
        plan([folder / "b.mp4"])


def test_a_video_that_cannot_be_read_is_a_job_with_a_problem(folder):
    def origin(video):
        if video.name == "b.mp4":
            raise CaptureError("it is broken")
        return ORIGIN

    problems = [job.problem for job in plan_jobs([folder], AnnotationRequest(), origin)]
    assert problems == ["", "it is broken", ""]


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (AnnotationRequest(("vtt", "srt")), 'no format "srt"'),
        (AnnotationRequest(find=("rise_hand",)), 'no gesture "rise_hand"; did you mean "raise_hand"'),
        (AnnotationRequest(find=("xyz",)), "there are raise_hand, wave, point_left"),
        (AnnotationRequest(margin=-1.0), "margin of -1 s"),
        (AnnotationRequest(margin=float("nan")), "margin of nan s"),
    ],
)
def test_requests_that_cannot_be_fulfilled(annotation, said):
    with pytest.raises(GestureLrcnError, match=said):
        annotation.check(GESTURES)
    AnnotationRequest(("csv", "eaf"), find=("wave",)).check(GESTURES)
