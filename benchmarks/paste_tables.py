"""Put the tables of a report into docs/performance.md, so that no figure there is typed by hand.

gesturelrcn bench --peers --keys 500 --hours 8 --report runs/bench
python benchmarks/paste_tables.py runs/bench docs/performance.md
"""

import argparse
from pathlib import Path

BEGIN, END = "<!-- tables of gesturelrcn bench: begin -->\n", "<!-- end -->\n"


def pasted(page: str, tables: str) -> str:
    """The page with what stands between the two marks replaced."""
    head, _, rest = page.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise SystemExit(f"The page has no line {END.strip()} after a line {BEGIN.strip()}.")
    return f"{head}{BEGIN}\n{tables.strip()}\n\n{END}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("report", type=Path)
    parser.add_argument("page", type=Path)
    options = parser.parse_args()
    tables = (options.report / "tables.md").read_text(encoding="utf-8")
    options.page.write_text(pasted(options.page.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    main()
