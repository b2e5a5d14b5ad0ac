"""Put the figures of the shipped model into docs/model-card.md and README.md; none there is typed by hand.

python docs/paste_model.py
"""

from pathlib import Path

from gesturelrcn.model import ModelCard, read_card
from gesturelrcn.model.card_page import card_page, card_summary
from gesturelrcn.model.files import card_path

ROOT = Path(__file__).parents[1]
PAGE, README = ROOT / "docs" / "model-card.md", ROOT / "README.md"
BEGIN, END = "<!-- figures of the model: begin (python docs/paste_model.py) -->\n", "<!-- figures: end -->\n"


def pasted(readme: str, card: ModelCard) -> str:
    """The README with what stands between the two marks replaced."""
    head, _, rest = readme.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise SystemExit(f"The README has no line {END.strip()} after a line {BEGIN.strip()}.")
    return f"{head}{BEGIN}\n{card_summary(card)}\n\n{END}{tail}"


def main() -> None:
    card = read_card(card_path("default"))
    PAGE.write_text(card_page(card), encoding="utf-8")
    README.write_text(pasted(README.read_text(encoding="utf-8"), card), encoding="utf-8")


if __name__ == "__main__":
    main()
