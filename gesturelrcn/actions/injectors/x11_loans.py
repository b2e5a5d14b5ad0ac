"""Key codes of X11 that are lent to characters which the keyboard has not got, and given back.

Each loan is written down on the display itself, so that another process gives it back if ours is killed.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from gesturelrcn.actions.x11_keysyms import keysym_of_character

_NAME = "_GESTURELRCN_LOANS"
"""A property of the root window: four numbers for each loan."""


@dataclass(frozen=True)
class _Loan:
    """One key code.

    Attributes:
        process: id of the one that took it.
        code: the key code.
        small, capital: what it types, as key symbols.
    """

    process: int
    code: int
    small: int
    capital: int


def lend(display: Any, code: int, character: str) -> None:
    """Have a key code type a character, under Shift the capital of a letter."""
    small, capital = character.lower(), character.upper()
    pair = (small, capital) if len(small) == len(capital) == 1 else (character, character)
    symbols = [keysym_of_character(each) for each in pair]
    # Written down first: one loan too many is harmless.
    others = [loan for loan in _loans(display) if loan.code != code]
    _write_down(display, [*others, _Loan(os.getpid(), code, *symbols)])
    display.change_keyboard_mapping(code, [symbols])


def give_back(display: Any, process: int) -> None:
    """Leave the keyboard as it was before a process took loans of it."""
    _give_back(display, {process})


def give_back_left_behind(display: Any) -> None:
    """The same for processes that have died."""
    dead = {loan.process for loan in _loans(display) if not _is_alive(loan.process)}
    if dead:
        _give_back(display, dead)


def are_there_any(display: Any) -> bool:
    """Whether any key code is lent."""
    return any(_loans(display))


def _give_back(display: Any, processes: set[int]) -> None:
    loans = list(_loans(display))
    for loan in loans:
        if loan.process in processes:
            (now,) = display.get_keyboard_mapping(loan.code, 1)
            if tuple(now[:2]) == (loan.small, loan.capital):  # else another layout was loaded meanwhile
                display.change_keyboard_mapping(loan.code, [[0, 0]])
    _write_down(display, [loan for loan in loans if loan.process not in processes])
    display.sync()


def _write_down(display: Any, loans: Iterable[_Loan]) -> None:
    from Xlib import Xatom

    numbers = [number for loan in loans for number in astuple(loan)]
    display.screen().root.change_property(display.intern_atom(_NAME), Xatom.CARDINAL, 32, numbers)


def _loans(display: Any) -> Iterator[_Loan]:
    from Xlib import Xatom

    content = display.screen().root.get_full_property(display.intern_atom(_NAME), Xatom.CARDINAL)
    numbers = iter([] if content is None else list(content.value))
    return (_Loan(*four) for four in zip(numbers, numbers, numbers, numbers, strict=False))


def _is_alive(process: int) -> bool:
    with suppress(OSError):  # where there is no /proc
        _, _, told = Path(f"/proc/{process}/stat").read_text().rpartition(")")
        return told.split()[0] not in "ZX"  # dead, and its parent has not asked how it ended
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
