"""The network that finds people: what it is shown, what is read out of its answer, and what it refuses."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn import CaptureError, ModelError
from gesturelrcn.region import PeopleNetwork
from gesturelrcn.region.people_network import CELL, HEIGHT, PRESENCE, WIDTH, letter_boxed, people_of
from tests.region.people_graph import UNIT, picture_of, write_graph

ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    pytest.importorskip("onnx")
    return write_graph(tmp_path_factory.mktemp("graph"))


@pytest.fixture(scope="module")
def network(graph):
    return PeopleNetwork(graph)


def grid(*cells):
    """An answer with these cells: (row, column, presence, dx, dy, unit, raised)."""
    answer = np.zeros((5, ROWS, COLUMNS), np.float32)
    for row, column, presence, dx, dy, unit, raised in cells:
        answer[:, row, column] = presence, dx, dy, np.log(unit), raised
    return answer


def test_a_person_is_read_in_pixels_of_the_picture():
    (person,) = people_of(grid((4, 10, 0.8, 0.25, -0.5, 30.0, 0.9)), (0.3, 0.3))
    assert (person.x, person.y) == pytest.approx((10.75 * 8 / 0.3, 4.0 * 8 / 0.3))
    assert (person.unit, person.presence, person.raised) == pytest.approx((100.0, 0.8, 0.9))
    region = person.region(2.5)
    assert (region.x, region.y - person.y, region.side) == pytest.approx((person.x, 15.0, 420.0))
    assert (region.confidence, region.located_at) == (pytest.approx(0.8), 2.5)


def test_the_nearest_comes_first_and_who_is_hardly_there_not_at_all():
    small, large = (3, 3, 0.99, 0, 0, 10.0, 0), (10, 18, PRESENCE, 0, 0, 30.0, 0)
    hardly = (10, 6, PRESENCE - 0.01, 0, 0, 40.0, 0)
    assert [round(person.unit) for person in people_of(grid(small, large, hardly), (1.0, 1.0))] == [30, 10]


def test_peaks_that_are_close_for_their_size_are_one_person():
    sure, beside = (6, 10, 0.9, 0, 0, 30.0, 0), (6, 12, 0.7, 0, 0, 28.0, 0)
    (person,) = people_of(grid(sure, beside), (1.0, 1.0))
    assert person.presence == pytest.approx(0.9)
    children = ((6, 10, 0.9, 0, 0, 20.0, 0), (6, 12, 0.7, 0, 0, 20.0, 0))
    assert len(people_of(grid(*children), (1.0, 1.0))) == 2


def test_a_flat_top_is_one_person_and_neighbours_of_a_peak_are_none():
    answer = grid()
    answer[0, 5:8, 9:12], answer[3] = 0.8, np.log(40.0)
    assert len(people_of(answer, (1.0, 1.0))) == 1


def test_an_answer_of_nonsense_is_nobody():
    answer = grid()
    answer[0] = np.nan
    assert people_of(answer, (1.0, 1.0)) == []
    for wrong in (np.nan, np.inf, 1e4):
        answer = grid((5, 5, 0.9, 0, 0, 30.0, 0))
        answer[3, 5, 5] = wrong
        assert people_of(answer, (1.0, 1.0)) == []


@pytest.mark.parametrize(
    "size", [(640, 480), (480, 640), (1280, 720), (192, 144), (100, 50), (641, 479), (37, 911)]
)
def test_the_whole_picture_is_seen_at_the_top_left(size):
    width, height = size
    frame, (scale_x, scale_y) = letter_boxed(np.full((height, width, 3), 200, np.uint8))
    assert frame.shape == (HEIGHT, WIDTH, 3)
    right, bottom = round(width * scale_x), round(height * scale_y)
    assert (frame[:bottom, :right] == 200).all()
    assert not frame[bottom:].any()
    assert not frame[:, right:].any()
    assert right == WIDTH or bottom == HEIGHT
    assert scale_x == pytest.approx(scale_y, rel=0.05)


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (320, 240), (160, 120), (480, 640), (500, 375)])
def test_people_are_found_where_they_are_in_any_size_of_picture(network, size):
    people = network.find(picture_of((0.3, 0.5, False), (0.75, 0.4, True), size=size))
    people.sort(key=lambda person: person.x)
    cell = CELL / min(WIDTH / size[0], HEIGHT / size[1])
    for person, (x, y), raised in zip(people, ((0.3, 0.5), (0.75, 0.4)), (False, True), strict=True):
        assert (person.x, person.y - cell / 4) == pytest.approx((x * size[0], y * size[1]), abs=cell)
        assert person.unit == pytest.approx(UNIT * cell / CELL, rel=0.02)
        assert (person.raised > 0.5) == raised


@pytest.mark.parametrize("size", [(1, 1), (1, 480), (640, 1), (9000, 1), (1, 9000), (7680, 4320), (3, 2)])
def test_pictures_of_any_size_are_looked_at(network, size):
    assert network.find(np.zeros((size[1], size[0], 3), np.uint8)) == []


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (1280, 720)])
def test_a_closer_look_agrees_where_the_same_person_is_seen_again(tmp_path, size):
    pytest.importorskip("onnx")
    network = PeopleNetwork(write_graph(tmp_path, unit=40))
    (person,) = network.find(picture := picture_of((0.3, 0.4, True), size=size))
    closer = network.look_closer(picture, person)
    assert closer.presence == pytest.approx(1.0, abs=0.02)
    assert replace(closer, presence=person.presence) == person
    nobody = network.look_closer(np.zeros_like(picture), person)
    assert nobody.presence == pytest.approx(person.presence / 2)


def test_a_closer_look_at_somebody_of_another_size_does_not_agree(network):
    """This network tells of everybody the same size in its own pixels, however close it looks."""
    (person,) = network.find(picture := picture_of((0.5, 0.5, False)))
    assert network.look_closer(picture, person).presence == pytest.approx(person.presence / 2)


@pytest.mark.parametrize("place", [(0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98)])
def test_a_closer_look_may_lie_partly_outside(tmp_path, place):
    pytest.importorskip("onnx")
    network = PeopleNetwork(write_graph(tmp_path, unit=40))
    (person,) = network.find(picture := picture_of((*place, False)))
    assert network.look_closer(picture, person).presence > 0.9 * person.presence


def test_a_picture_need_not_lie_in_one_piece(network):
    image = picture_of((0.3, 0.5, False))
    for view in (image[:, ::-1], image[::2, ::2], np.asfortranarray(image), image.transpose(1, 0, 2)):
        assert network.find(view) == network.find(np.ascontiguousarray(view))
    image.flags.writeable = False
    assert len(network.find(image)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 1), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((0, 64, 3), np.uint8),
        np.full((48, 64, 3), np.nan),
        np.zeros((48, 64, 3), np.float32),
        [[1, 2, 3]],
        None,
    ],
)
def test_what_is_no_picture_is_refused_in_the_words_of_everywhere(network, wrong):
    with pytest.raises(CaptureError, match=r"The picture is .*; give pictures as \(height, width, 3\) uint8"):
        network.find(wrong)


def test_missing_damaged_and_other_files_are_named(graph, tmp_path):
    with pytest.raises(ModelError, match=r"gone\.json: the card of the person locator is missing"):
        PeopleNetwork(tmp_path / "gone.onnx")
    copy = tmp_path / graph.name
    copy.write_bytes(graph.read_bytes())
    for text in ("", "[]", '{"files": 3}', "{}"):
        copy.with_suffix(".json").write_text(text)
        with pytest.raises(ModelError, match=r"colours\.json: this is no card of a person locator"):
            PeopleNetwork(copy)
    copy.with_suffix(".json").write_text(graph.with_suffix(".json").read_text())
    copy.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="not the one that its card names"):
        PeopleNetwork(copy)
    copy.unlink()
    with pytest.raises(ModelError, match="the weights of the model are missing"):
        PeopleNetwork(copy)


def test_a_network_for_something_else_is_refused(graph, tmp_path):
    import hashlib

    import onnx

    other = onnx.load(graph)
    other.graph.output[0].name = other.graph.node[-1].output[0] = "animals"
    path = tmp_path / "other.onnx"
    path.write_bytes(other.SerializeToString())
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps({"files": files}))
    with pytest.raises(ModelError, match=r"this network has .*animals.*, one that finds people .*people"):
        PeopleNetwork(path)


FORKED = """if True:
    import os, sys
    from pathlib import Path
    from gesturelrcn.region import PeopleNetwork
    from tests.region.people_graph import picture_of
    picture = picture_of((0.3, 0.5, False))
    network = PeopleNetwork(Path(sys.argv[1]))
    found = network.find(picture)
    sys.stdout.flush()
    child = os.fork()
    if child:
        print(os.waitpid(child, 0)[1], flush=True)
    else:
        same = network.find(picture) == found == PeopleNetwork(Path(sys.argv[1])).find(picture)
        print("the child", same, flush=True)
        os._exit(0)
    print("the parent", network.find(picture) == found)
    """


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_may_go_on_looking(graph):
    done = subprocess.run(
        [sys.executable, "-c", FORKED, graph], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == ["the child True", "0", "the parent True"]
    assert done.stderr == ""
