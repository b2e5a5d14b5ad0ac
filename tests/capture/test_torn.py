"""A film that breaks off says so and where, whatever its container; a whole one never does."""

import pytest

from gesturelrcn.capture import open_source
from tests.capture.clips import cut, write_clip
from tests.recordings.uneven import write_uneven

FPS = 25
TIMES = [number / FPS for number in range(80)]

KINDS = {
    "AVCHD": {"suffix": ".mts", "mpegts_m2ts_mode": "1"},
    "transport stream": {"suffix": ".ts"},
    "program stream": {"suffix": ".mpg"},
    "film of Windows": {"suffix": ".wmv"},
    "flash": {"suffix": ".flv"},
    "Matroska of unknown length, as recorders write it": {"suffix": ".mkv", "live": "1"},
    "pieces of MP4": {"suffix": ".mp4", "movflags": "frag_keyframe+empty_moov"},
    "Ogg": {"suffix": ".ogv", "codec": "libvpx"},
    "without a container": {"suffix": ".h264"},
}


def film_of(kind, tmp_path):
    options = dict(KINDS[kind])
    return write_uneven(tmp_path / f"film{options.pop('suffix')}", times=TIMES, rate=FPS, **options)


def what_is_said(path):
    """The number of its pictures, and why it breaks off."""
    source = open_source(path)
    return len(list(source)), source.breaks_off


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.85])
def test_a_torn_film_says_so_and_a_whole_one_does_not(tmp_path, caplog, kind, share):
    path = film_of(kind, tmp_path)
    assert what_is_said(path) == (len(TIMES), "")
    assert not caplog.records
    pictures, said = what_is_said(cut(path, share))
    assert 0 < pictures < len(TIMES)
    # Tenths of a second: when the last picture began or ended, as the container has it. Where pictures before
    # it are lost too, it is that much later.
    words, after, unit = said.split(" of ")[0].rsplit(" ", 2)
    assert (words, unit) == ("breaks off after", "s")
    assert (pictures - 1) / FPS - 0.05 <= float(after) <= (pictures + 4) / FPS + 0.05
    assert [record.getMessage() for record in caplog.records] == [f"{path} {said}"]


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_one_whose_header_knows_its_length_says_how_much_is_missing(tmp_path, suffix):
    pictures, said = what_is_said(cut(write_clip(tmp_path / f"film{suffix}", count=60), 0.6))
    assert said == f"breaks off after {pictures / 20:.1f} s of 3.0 s"


def test_windows_forgets_no_length(tmp_path):
    _, said = what_is_said(cut(film_of("film of Windows", tmp_path), 0.6))
    assert float(said.split()[-2]) == pytest.approx(len(TIMES) / FPS, abs=0.15)


@pytest.mark.parametrize(("kind", "packet"), [("AVCHD", 192), ("transport stream", 188)])
def test_a_picture_that_is_torn_between_two_packets_tells_it(tmp_path, kind, packet):
    """Cards and copies break off at multiples of some block, which may be whole packets."""
    path = film_of(kind, tmp_path)
    content = path.read_bytes()
    said = []
    for share in range(40, 90, 2):
        path.write_bytes(content[: len(content) * share // 100 // packet * packet])
        said.append(bool(what_is_said(path)[1]))
    assert said.count(True) > len(said) / 2, "the others may lie between two pictures"
