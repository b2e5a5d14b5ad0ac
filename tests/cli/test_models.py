import json
from dataclasses import replace
from pathlib import Path

import pytest

from gesturelrcn.cli.models import models
from gesturelrcn.model import shipped_models
from gesturelrcn.model.card_page import card_page
from tests.cli.conftest import Program
from tests.operating_points import with_points


def test_the_table_tells_gestures_sizes_figures_limits_and_sources(gesturelrcn: Program) -> None:
    done = gesturelrcn("models")
    cards = shipped_models()
    assert cards
    text = " ".join(done.stdout.split())
    for card in cards:
        assert {card.name, *card.gestures, "MB,", "MB.", "states"} <= set(text.split())
        for figures in card.figures.values():
            if isinstance(figures, str):
                continue  # a word on the others
            found = [
                f"{row['found']} of {row['true']}" for row in figures["per_class"].values() if "true" in row
            ]
            assert found
            assert all(words in text for words in found)
            assert f"false starts: {figures['false_triggers']['count']} in" in text
        assert all(limit in text for limit in card.limits)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_the_whole_cards(gesturelrcn: Program) -> None:
    done = gesturelrcn("models", "--json")
    assert json.loads(done.stdout) == [json.loads(card.to_json()) for card in shipped_models()]


def test_one_card_by_its_file_with_words_among_its_figures(gesturelrcn: Program, tmp_path: Path) -> None:
    shipped = shipped_models()[0]
    card = replace(shipped, name="mine", figures={**shipped.figures, "note": "Of strangers."})
    path = tmp_path / "mine.json"
    path.write_text(card.to_json())
    done = gesturelrcn("models", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[0] == "mine"
    assert gesturelrcn("models", path, "--markdown").stdout.strip() == card_page(card).strip()


def test_operating_points_and_gestures_that_are_off_are_told(gesturelrcn: Program, tmp_path: Path) -> None:
    shipped = shipped_models()[0]
    off = shipped.gestures[-1]
    card = with_points(replace(shipped, off={}), off={off: "found 2 of 12"})
    path = tmp_path / "mine.json"
    path.write_text(card.to_json())
    text = " ".join(gesturelrcn("models", path).stdout.split())
    assert "Sensitivity: careful, normal, eager." in text
    assert f"{off} (off)" in text
    assert f"{off}: found 2 of 12" in text
    doctor = gesturelrcn("doctor", "--model", path)
    assert f"{off} (off)" in doctor.stdout


def test_no_shipped_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gesturelrcn.model.files.assets", lambda: tmp_path)
    models()
    assert capsys.readouterr().out.startswith("No model ships with this installation")
