"""Read many bad files of every kind.

Usage: python -m tests.fuzz [--inputs 1000] [--kind card] [--seed 0]

Prints a row a kind: inputs, how many were read, how many refused with a sentence, and each bug once; what
found it is written to the folder `gesturelrcn-fuzz` below the temporary one, from where it belongs into a
test. Exit code 1 where there is a bug.
"""

import argparse
import hashlib
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.kinds import KINDS
from tests.fuzz.mutations import bad_binary, bad_text
from tests.fuzz.reading import Reading, reading

FOUND = Path(tempfile.gettempdir()) / "gesturelrcn-fuzz"


def main() -> None:
    """Try every kind."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--kind", choices=[*KINDS], action="append")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| kind | inputs | read | refused | bugs |\n|---|---|---|---|---|", flush=True)
    bugs = 0
    for kind in options.kind or KINDS:
        with reading() as reader:
            counts, found = fuzz(reader, kind, options.inputs, options.seed)
        bugs += len(found)
        print(f"| {kind} | {sum(counts.values())} | {counts['read']} | {counts['refused']} | {len(found)} |")
        for what, content in found.items():
            path = FOUND / f"{kind}-{hashlib.sha256(content).hexdigest()[:12]}{KINDS[kind].suffix}"
            FOUND.mkdir(exist_ok=True)
            path.write_bytes(content)
            print(f"  {path.name}: {what}")
        sys.stdout.flush()
    sys.exit(1 if bugs else 0)


def fuzz(reader: Reading, kind: str, inputs: int, start: int) -> tuple[Counter[str], dict[str, bytes]]:
    """Read `inputs` bad files; returns how many were read, refused and bugs, and a small one for each bug."""
    seeds = KINDS[kind].seeds()
    make = bad_binary if KINDS[kind].binary else bad_text
    counts: Counter[str] = Counter()
    found: dict[str, bytes] = {}

    @seed(start)
    @settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(make(seeds))
    def read(content: bytes) -> None:
        verdict = reader.verdict(kind, content)
        word, _, what = verdict.partition(": ")
        counts[word] += 1
        if word == "bug":
            place = what.partition(": ")[0]
            known = next((each for each in found if each.startswith(place)), None)
            if known is None or len(content) < len(found[known]):
                found.pop(known or "", None)
                found[what] = content

    read()
    return counts, found


if __name__ == "__main__":
    main()
