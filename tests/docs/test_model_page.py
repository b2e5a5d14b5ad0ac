"""The page of the shipped model, and its table in the README, are what its card says."""

from dataclasses import replace

import pytest

from docs.paste_model import BEGIN, END, PAGE, README, pasted
from gesturelrcn.cli.models import models
from gesturelrcn.model import read_card
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.card_page import card_page, card_summary, measurements, named
from gesturelrcn.model.files import card_path
from tests.operating_points import with_points

AGAIN = "run `python docs/paste_model.py`"


@pytest.fixture
def card() -> ModelCard:
    return read_card(card_path("default"))


def rows(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line[:1] == "|"]


def test_the_page_is_up_to_date(card: ModelCard) -> None:
    assert PAGE.read_text(encoding="utf-8") == card_page(card), AGAIN


def test_the_readme_is_up_to_date(card: ModelCard) -> None:
    readme = README.read_text(encoding="utf-8")
    assert pasted(readme, card) == readme, AGAIN


def test_the_page_tells_classes_people_distances_licences_limits_and_commands(card: ModelCard) -> None:
    page = card_page(card)
    found = rows(page)
    assert measurements(card)
    for told in measurements(card).values():
        for name, row in told["per_class"].items():
            if "true" in row:
                of = f"{row['found']} of {row['true']}" if row["true"] else "-"
                assert any(line[:2] == [named(card, name), of] for line in found)
        for name in {*told["per_subject"], *told["per_distance"]} - {""}:
            assert any(line[0] == name for line in found)
        assert told["command"].partition(" (")[0] in page
        if told["false_triggers"]["hours"]:
            assert f"False triggers: {told['false_triggers']['count']} in" in page
        for name, row in told["per_activity"].items():
            assert [name, f"{row['minutes']:.1f}", f"{row['false_triggers']}"] in found
    for data in card.data:
        assert [data["name"], data["source"], data["licence"], data["used_for"]] in found
    assert all(f"- {limit}" in page for limit in card.limits)
    assert all(digest in page for digest in card.files.values())


def test_the_summary_names_every_gesture_once_best_first(card: ModelCard) -> None:
    table = rows(card_summary(card))[2:]
    names = [line[0] for line in table] + [line[4] for line in table if line[4]]
    told = [measured["per_class"] for measured in measurements(card).values()]
    assert sorted(names) == sorted(set(card.gestures) - set(card.off))
    true, found = (
        {name: sum(one.get(name, {}).get(what, 0) for one in told) for name in names}
        for what in ("true", "found")
    )
    recalls = [found[name] / true[name] for name in names]
    assert recalls == sorted(recalls, reverse=True)


def test_streams_without_clips_are_told_as_such(card: ModelCard) -> None:
    measured = next(iter(measurements(card).values()))
    streams = {**measured, "clips": 0, "clip_accuracy": None, "streams": 31, "per_activity": {}}
    page = card_page(replace(card, figures={"streams_not_trained_on": streams}))
    assert "31 streams of " in page
    assert "likeliest class" not in page
    assert "what was being done" not in page


def test_a_card_with_words_among_its_figures(card: ModelCard, capsys: pytest.CaptureFixture[str]) -> None:
    with_note = replace(card, figures={**card.figures, "note": "Of readers that knew nobody."})
    assert "Of readers that knew nobody." in card_page(with_note)
    assert card_summary(with_note) == card_summary(card)


def test_figures_of_a_run_on_less_data_stand_beside(card: ModelCard) -> None:
    name, told = next(iter(measurements(card).items()))
    less = {**told, "without": ["the clips"], "all": {**told["all"], "found": 1, "true": 78}}
    page = card_page(replace(card, figures={name: {**told, "beside": [less]}}))
    beside = [line for line in rows(page) if line[0] in ("on everything", "without the clips")]
    assert [line[0] for line in beside] == ["on everything", "without the clips"]
    assert beside[0][1] == f"{told['all']['found']} of {told['all']['true']}"
    assert beside[1][1] == "1 of 78"
    assert beside[1][5] == f"{100 * told['clip_accuracy']:.0f} %"


def test_a_card_without_figures_says_so(card: ModelCard) -> None:
    bare = replace(card, figures={}, limits=[], data=[])
    assert card_summary(bare) == f"Of {card.name} nothing was measured."
    assert "Nothing is said of it." in card_page(bare)


def test_a_gesture_that_is_off_is_said_to_be_so_and_not_advertised(card: ModelCard) -> None:
    off = card.gestures[-1]
    with_off = with_points(replace(card, off={}), off={off: "found 2 of 12"})
    page = card_page(with_off)
    assert [off, "found 2 of 12"] in rows(page)
    assert not [line for line in rows(page) if line[0] == off and len(line) != 2]
    measured = [one for one in measurements(card).values() if "true" in one["per_class"].get(off, {})]
    tables = len(with_off.sensitivities) + len(measured)
    assert len([line for line in rows(page) if line[0] == f"{off} (off)"]) == tables
    summary = card_summary(with_off)
    assert not [line for line in rows(summary) if off in line]
    assert f"Off unless they are turned on: {off}." in summary


def test_every_operating_point_has_its_table(card: ModelCard) -> None:
    several = with_points(replace(card, off={}))
    page = card_page(several)
    gesture = card.gestures[0]
    for sensitivity in ("careful", "normal", "eager"):
        _, _, table = page.partition(f"With the sensitivity `{sensitivity}`:")
        line = next(line for line in rows(table) if line[0] == gesture)
        assert line[1] == f"{several.thresholds_at(sensitivity)[gesture].start:.2f}"


def test_the_command_prints_the_page(card: ModelCard, capsys: pytest.CaptureFixture[str]) -> None:
    models(model=card.name, json=False, markdown=True)
    assert capsys.readouterr().out.strip() == card_page(card).strip()


def test_only_what_stands_between_the_marks_is_replaced(card: ModelCard) -> None:
    page = f"# Head\n{BEGIN}old | table\n{END}Foot\n"
    once = pasted(page, card)
    assert once == f"# Head\n{BEGIN}\n{card_summary(card)}\n\n{END}Foot\n"
    assert pasted(once, card) == once
    with pytest.raises(SystemExit, match="no line"):
        pasted("# Head\n", card)
