"""The short form that CI runs: ratios only, never an absolute time."""

import json
import subprocess
import sys
from importlib import import_module

import pytest
from typer.testing import CliRunner

from gesturelrcn.benchmarking.__main__ import MEASUREMENTS, USAGE, main
from gesturelrcn.benchmarking.bars import BARS
from gesturelrcn.cli.app import app


@pytest.mark.timeout(1500)  # a minute, where nobody else works; it must not fail where somebody does
def test_the_short_form_with_peers_keeps_its_ratios(cage, tmp_path):
    command = ["bench", "--quick", "--peers", "--json", "--check", "--report", str(tmp_path / "page")]
    done = subprocess.run(
        [sys.executable, "-m", "gesturelrcn", *command],
        capture_output=True,
        text=True,
        timeout=1400,
        check=False,
    )
    assert cage.tried() == []  # nor by the processes that it starts
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["ratios"]) == {bar.where[1] for bar in BARS if bar.is_ratio}
    assert all(ratio > 0 for ratio in told["ratios"].values())
    assert {"capture", "crop", "step", "decode", "dispatch", "inject", "frame_path"} <= set(told["stages"])
    assert all(stage["n"] >= 100 for stage in told["stages"].values())
    assert told["memory_mb"] > 50
    assert told["machine"]["cores"] >= 1
    assert told["live"][0]["frames"] > 0
    assert (tmp_path / "page" / "index.html").read_text(encoding="utf-8").count("<svg") == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--source", "nothing.avi"], "There is no recording nothing.avi"),
        (["--keys", "-3"], "-3 gestures"),
        (["--hours", "-1"], "hours cannot be simulated"),
        (["--model", "nothing", "--quick"], "no such model"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["bench", *arguments])
    assert refused.exit_code == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_each_measurement_is_a_module_that_measures(name):
    assert callable(import_module(f"gesturelrcn.benchmarking.{name}").measure)


@pytest.mark.parametrize(
    ("words", "code"), [([], 2), (["stages"], 2), (["stages", "{", "x.json"], 2), (["--help"], 0)]
)
def test_how_one_measurement_is_started_is_one_sentence(words, code, capsys):
    assert main(words) == code
    out, err = capsys.readouterr()
    assert (out, err) == (("", f"{USAGE}\n") if code else (f"{USAGE}\n", ""))
