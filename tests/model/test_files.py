import json
import shutil
import subprocess
import sys

import pytest
import torch
from safetensors import safe_open

from gesturelrcn.errors import GestureLrcnError, ModelError
from gesturelrcn.model import KEYPOINTS, load_model, read_card, shipped_models
from gesturelrcn.model.files import DEFAULT_MODEL, assets
from gesturelrcn.vocabulary import GESTURES


@pytest.fixture
def folder(model_folder, tmp_path):
    shutil.copytree(model_folder, tmp_path / "m")
    return tmp_path / "m"


def change(path, **changes):
    fields = json.loads(path.read_text())
    path.write_text(json.dumps({**fields, **changes}))


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "append"])
def test_tampered_weights_are_refused(folder, engine, damage):
    weights = folder / ("tiny.onnx" if engine == "onnxruntime" else "tiny.safetensors")
    data = bytearray(weights.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
    elif damage == "truncate":
        del data[-100:]
    else:
        data += b"x"
    weights.write_bytes(data)
    with pytest.raises(ModelError, match="changed or is damaged"):
        load_model(folder / "tiny.json", engine)


def test_a_card_of_another_version_is_refused(folder):
    change(folder / "tiny.json", format=99)
    with pytest.raises(ModelError, match="another version"):
        load_model(folder / "tiny.json")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "name": "x"}', "\x00\x01", "null", "7"]
)
def test_what_is_no_card_is_refused(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(ModelError, match=r"x\.json"):
        load_model(path)


def test_a_card_whose_classes_and_thresholds_disagree_is_refused(folder):
    change(folder / "tiny.json", classes=["none", "stop"])
    with pytest.raises(ModelError, match="do not belong together"):
        load_model(folder / "tiny.json")


def test_a_card_of_another_network_is_refused(folder):
    change(folder / "tiny.json", size=128)
    with pytest.raises(ModelError, match="card wants"):
        load_model(folder / "tiny.json")
    change(folder / "tiny.json", network={"hidden": 32})
    with pytest.raises(ModelError, match="do not fit"):
        load_model(folder / "tiny.json", "torch")


def test_missing_files_are_named(folder, tmp_path):
    with pytest.raises(ModelError, match=r"nothing\.json: no such model"):
        load_model(tmp_path / "nothing.json")
    (folder / "tiny.onnx").unlink()
    with pytest.raises(ModelError, match=r"tiny\.onnx: the weights .* missing"):
        load_model(folder / "tiny.json")
    with pytest.raises(ModelError, match="no such file"):
        load_model(folder / "tiny.onnx")


def test_a_picture_is_no_model(tmp_path):
    path = tmp_path / "picture.json"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(ModelError, match="not a model card"):
        load_model(path)


def test_an_unknown_engine_is_named(folder):
    with pytest.raises(GestureLrcnError, match="use onnxruntime or torch"):
        load_model(folder / "tiny.json", "tensorflow")


def test_weights_may_be_named_instead_of_the_card(folder):
    assert load_model(folder / "tiny.onnx").card.name == "tiny"


def test_shipped_models_are_whole_small_and_speak_our_words():
    cards = shipped_models()
    assert cards
    for card in cards:
        assert card.keypoints == KEYPOINTS
        assert set(card.gestures) <= set(GESTURES)
        assert card.data, "a card names its sources of data"
        assert all(source["licence"] for source in card.data)
        assert card.figures
        for engine in ("onnxruntime", "torch"):
            load_model(card.name, engine)
        for name in card.files:
            assert (assets() / name).stat().st_size <= 10 * 2**20


def test_files_call_the_temporal_heads_readers_as_they_always_did():
    engine = load_model(DEFAULT_MODEL, "torch")
    heads = engine.network.temporal_heads
    assert len(heads) == engine.card.network["readers"] > 1
    with safe_open(assets() / f"{DEFAULT_MODEL}.safetensors", "pt") as weights:
        assert set(weights.keys()) == set(engine.network.state_dict())
        for number, head in enumerate(heads):
            assert torch.equal(weights.get_tensor(f"readers.{number}.classify.bias"), head.classify.bias)


def test_reading_a_card_needs_neither_torch_nor_onnxruntime(folder):
    program = (
        "import sys; from gesturelrcn.model import read_card; from pathlib import Path;"
        f"read_card(Path({str(folder / 'tiny.json')!r}));"
        "print([m for m in ('torch', 'onnxruntime', 'mediapipe') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_card_survives_writing_and_reading(folder):
    card = read_card(folder / "tiny.json")
    (folder / "again.json").write_text(card.to_json())
    assert read_card(folder / "again.json") == card


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hand_size", 10**7),
        ("hand_size", "64"),
        ("rows", -1),
        ("zoom", float("nan")),
        ("lift", 7),
        ("size", True),
    ],
)
def test_a_card_may_not_ask_for_any_size(tmp_path, model_folder, name, value):
    fields = json.loads((model_folder / "tiny.json").read_text())
    fields[name] = value
    (tmp_path / "tiny.json").write_text(json.dumps(fields))
    with pytest.raises(ModelError, match=f"{name} of the model card is not between"):
        read_card(tmp_path / "tiny.json")
