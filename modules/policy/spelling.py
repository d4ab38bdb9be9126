"""Which known key an unknown one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_key(key: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known key that is most like it; None where none has that likeness (1: the same).

    Compared are letters and digits alone, so that homeRegion and HOME-REGION are home_region.
    """
    plain = {_letters(each): each for each in known}
    found = difflib.get_close_matches(_letters(key), plain, n=1, cutoff=likeness)
    return plain[found[0]] if found else None


def _letters(key: str) -> str:
    return "".join(filter(str.isalnum, key.casefold()))
