import hashlib
import json

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from gesturelrcn.training.export.people import largest_difference, rounded, write_people
from gesturelrcn.training.tasks.people_network import PeopleNetwork, fused


def trained_a_little():
    torch.manual_seed(0)
    network = PeopleNetwork()
    for _ in range(3):  # the averages of the normalisations are no longer those of nothing
        network(torch.randint(0, 256, (4, 144, 192, 3), dtype=torch.uint8))
    return network.eval()


def test_without_its_normalisations_the_network_answers_the_same():
    network = trained_a_little()
    frame = torch.randint(0, 256, (1, 144, 192, 3), dtype=torch.uint8)
    with torch.inference_mode():
        assert torch.allclose(network(frame), fused(network)(frame), atol=1e-4)


def test_what_is_said_where_somebody_is_as_likely_as_not_becomes_one_half():
    network = trained_a_little()
    frame = torch.randint(0, 256, (1, 144, 192, 3), dtype=torch.uint8)
    with torch.inference_mode():
        before = network(frame)
        network.say_half_for(float(before[0, 0, 3, 5].sigmoid()))
        after = network(frame)
    assert after[0, 0, 3, 5].sigmoid() == pytest.approx(0.5, abs=1e-5)
    assert torch.equal(before[:, 1:], after[:, 1:])


def test_the_files_are_what_the_contract_says(tmp_path):
    network = trained_a_little()
    written = write_people(network, "people-9", {"data": [{"name": "mine"}]}, tmp_path)
    assert sorted(path.name for path in written) == [f"people-9.{s}" for s in ("json", "onnx", "safetensors")]
    assert sum(path.stat().st_size for path in written) < 1.5e6
    card = json.loads((tmp_path / "people-9.json").read_text())
    for name, digest in card["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    assert (card["width"], card["height"], card["data"]) == (192, 144, [{"name": "mine"}])
    session = onnxruntime.InferenceSession(str(tmp_path / "people-9.onnx"))
    assert [(i.name, i.shape, i.type) for i in session.get_inputs()] == [
        ("frame", [1, 144, 192, 3], "tensor(uint8)")
    ]
    told = session.run(["people"], {"frame": np.zeros((1, 144, 192, 3), np.uint8)})[0]
    assert (told.shape, told.dtype) == ((1, 5, 18, 24), np.float32)
    assert told[:, [0, 4]].min() >= 0
    assert told[:, [0, 4]].max() <= 1


def test_both_files_hold_the_same_weights(tmp_path):
    network = trained_a_little()
    write_people(network, "people-9", {}, tmp_path)
    assert largest_difference(network, tmp_path / "people-9.onnx") < 1e-3
    kept, weights = load_file(tmp_path / "people-9.safetensors"), rounded(network).state_dict()
    assert kept.keys() == weights.keys()
    assert all(torch.equal(kept[name].float(), weights[name]) for name in kept)
