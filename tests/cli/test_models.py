import json

import pytest

from gesturelrcn.cli.models import _flat, models
from gesturelrcn.model import shipped_models
from tests.cli.conftest import Program


def test_the_table_tells_gestures_sizes_and_figures(gesturelrcn: Program) -> None:
    done = gesturelrcn("models")
    cards = shipped_models()
    assert cards
    words = done.stdout.replace(",", " ").split()
    for card in cards:
        assert {f"{card.name}:", *card.gestures, "MB"} <= set(words)
        assert _flat(card.figures)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_the_whole_cards(gesturelrcn: Program) -> None:
    done = gesturelrcn("models", "--json")
    assert json.loads(done.stdout) == [json.loads(card.to_json()) for card in shipped_models()]


def test_figures_become_rows() -> None:
    figures = {"latency": {"median_ms": 3.14159, "frames": 500}, "people": ["S5", "S8"]}
    assert _flat(figures) == [
        ("latency median ms", "3.142"),
        ("latency frames", "500"),
        ("people", "['S5', 'S8']"),
    ]


def test_no_shipped_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gesturelrcn.model.files.assets", lambda: tmp_path)
    models()
    assert capsys.readouterr().out.startswith("No model ships with this installation")
