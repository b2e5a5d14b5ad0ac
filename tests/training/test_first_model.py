from pathlib import Path

from gesturelrcn.training.first_model import Recipe, sources
from gesturelrcn.training.index import Clip


def clip(subject):
    return Clip(Path("x"), "x", subject, "wave", 1.0, 20.0, 0.5)


def test_a_card_names_what_was_learnt_from_and_nothing_else():
    plain = Recipe(Path("clips"), Path("run"), ("S5",))
    full = Recipe(Path("clips"), Path("run"), ("S5",), stills=Path("stills"), synthetic=Path("shards"))
    named = [
        [source["name"] for source in sources(recipe, [clip("S2"), clip("S1")])] for recipe in (plain, full)
    ]
    assert set(named[1]) - set(named[0]) == {"hand and body stills", "synthetic people"}
    assert "body gestures: clips of people, subjects S1 S2" in named[0]
    assert all(source["licence"] for source in sources(full, []))
