"""Put the shipped model into docs/model-card.md, docs/gestures.md and README.md.

None of it is typed by hand there.

python docs/paste_model.py
"""

from pathlib import Path

from docs.gesture_page import gestures_page, gestures_summary
from gesturelrcn.model import ModelCard, read_card
from gesturelrcn.model.card_page import card_page, card_summary
from gesturelrcn.model.files import card_path

ROOT = Path(__file__).parents[1]
PAGE, README, GESTURES_PAGE = (
    ROOT / "docs" / "model-card.md",
    ROOT / "README.md",
    ROOT / "docs" / "gestures.md",
)
BEGIN, END = "<!-- figures of the model: begin (python docs/paste_model.py) -->\n", "<!-- figures: end -->\n"
PICTURES_BEGIN = "<!-- pictures of gestures: begin (python docs/paste_model.py) -->\n"
PICTURES_END = "<!-- pictures: end -->\n"


def pasted(readme: str, card: ModelCard) -> str:
    """The README with its figures replaced."""
    return _replaced(readme, BEGIN, card_summary(card), END)


def pictured(readme: str, card: ModelCard) -> str:
    """The README with its pictures of gestures replaced."""
    return _replaced(readme, PICTURES_BEGIN, gestures_summary(card), PICTURES_END)


def _replaced(readme: str, begin: str, new: str, end: str) -> str:
    """What stands between two marks replaced."""
    head, _, rest = readme.partition(begin)
    _, mark, tail = rest.partition(end)
    if not mark:
        raise SystemExit(f"The README has no line {end.strip()} after a line {begin.strip()}.")
    return f"{head}{begin}\n{new}\n\n{end}{tail}"


def main() -> None:
    card = read_card(card_path("default"))
    PAGE.write_text(card_page(card), encoding="utf-8")
    GESTURES_PAGE.write_text(gestures_page(card), encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    README.write_text(pictured(pasted(readme, card), card), encoding="utf-8")


if __name__ == "__main__":
    main()
