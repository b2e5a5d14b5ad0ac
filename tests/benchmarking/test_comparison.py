import json

import pytest
from typer.testing import CliRunner

from gesturelrcn.benchmarking.comparison import changes, differences
from gesturelrcn.cli.app import app
from tests.benchmarking.reports import report


def verdicts(before, after):
    return {change.name: change.verdict for change in changes(before, after)}


def test_the_same_program_measured_twice_is_the_same():
    assert set(verdicts(report(seed=0), report(seed=50)).values()) == {"same"}


@pytest.mark.parametrize(("step", "verdict"), [(2.4, "slower"), (1.6, "faster"), (2.04, "same")])
def test_what_has_changed_is_named_and_nothing_else(step, verdict):
    found = verdicts(report(2.0, seed=0), report(step, seed=50))
    assert found["step (onnxruntime, 1 threads, 640x480)"] == verdict
    assert found["crop"] == "same"


def test_other_machines_and_recordings_are_told():
    other = report()
    other["machine"]["processor"] = "an abacus"
    other["conditions"] = other["conditions"] | {"source": "x.avi", "quick": True}
    told = " ".join(differences(report(), other))
    assert "an abacus" in told
    assert "recordings differ" in told
    assert "the second was a quick run" in told
    assert differences(report(), report()) == []


@pytest.fixture
def compare(tmp_path):
    def run(before, after, *more):
        for name, held in (("a.json", before), ("b.json", after)):
            text = held if isinstance(held, str) else json.dumps(held)
            (tmp_path / name).write_text(text, encoding="utf-8")
        paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
        return CliRunner().invoke(app, ["bench", "--compare", *paths, *more])

    return run


def test_the_command_ends_with_1_where_something_is_slower(compare):
    assert compare(report(2.0), report(2.0, seed=50)).exit_code == 0
    slow = compare(report(2.0), report(3.0, seed=50))
    assert slow.exit_code == 1
    assert "slower   1.5" in slow.output
    told = json.loads(compare(report(2.0), report(3.0, seed=50), "--json").stdout)
    step = next(row for row in told if row["name"].startswith("step"))
    assert step["verdict"] == "slower"
    assert step["interval"][0] < 1.5 < step["interval"][1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is no report"), ("[]", "is no report"), ('{"stages": {}, "format": 9}', "another version")],
)
def test_what_is_no_report_is_refused(compare, text, sentence):
    refused = compare(report(), text)
    assert refused.exit_code == 2
    assert sentence in refused.stderr
    assert "b.json" in refused.stderr


def test_a_report_that_is_missing_is_refused(tmp_path):
    refused = CliRunner().invoke(app, ["bench", "--compare", str(tmp_path / "a"), str(tmp_path / "b")])
    assert refused.exit_code == 2
    assert "cannot be read" in refused.stderr
