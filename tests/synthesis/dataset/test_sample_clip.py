"""The sample clip of the project is what this code renders."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

import gesturelrcn
from gesturelrcn.synthesis.dataset import sample_clip
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.errors import SynthesisError

CLIP = Path(gesturelrcn.__file__).parent / "assets" / "sample.mp4"


def test_the_shipped_truth_is_the_script_s():
    timeline = sample_clip.script(np.random.default_rng(sample_clip.ROOM_SEED))
    shipped = [json.loads(line) for line in CLIP.with_suffix(".jsonl").read_text().splitlines()]

    assert shipped == [sample_clip.as_line(done) for done in timeline.performed]
    assert [line["gesture"] for line in shipped] == ["point_right"] * 2 + ["point_left"] + ["raise_hand"] * 2


def test_the_shipped_clip_is_small_and_plays_everywhere():
    with av.open(str(CLIP)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        codec = stream.codec_context

        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", 640, 480)
        assert stream.average_rate == sample_clip.FPS
    assert 26 <= frames / sample_clip.FPS <= 30
    assert 300_000 < CLIP.stat().st_size < 900_000


def test_a_written_video_comes_back(tmp_path):
    pictures = [np.full((48, 64, 3), level, np.uint8) for level in (40, 120, 200)]
    write_video(tmp_path / "v.mp4", pictures, fps=10, bit_rate=100_000)

    with av.open(str(tmp_path / "v.mp4")) as container:
        levels = [frame.to_ndarray(format="bgr24").mean() for frame in container.decode(video=0)]

    assert levels == pytest.approx([40, 120, 200], abs=4)
    assert [path.name for path in tmp_path.iterdir()] == ["v.mp4"]


def test_a_video_that_breaks_off_leaves_nothing_half_written(tmp_path):
    def broken():
        yield np.zeros((48, 64, 3), np.uint8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(tmp_path / "v.mp4", broken(), fps=10, bit_rate=100_000)

    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_one_sentence_and_exit_code_2(tmp_path, capsys):
    with pytest.raises(SynthesisError, match=r"no folder"):
        sample_clip.render(tmp_path / "missing" / "v.mp4")

    assert sample_clip.main([str(tmp_path / "missing" / "v.mp4")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
