"""Java's regular expressions, which AWS's models and documents have, as Python's."""

from __future__ import annotations

import re
from functools import cache

# Classes that Python's `re` lacks.
_CLASSES = {
    r"\p{L}": r"a-zA-Z\u00aa-\uffff",
    r"\p{Z}": r"\s",
    r"\p{N}": r"0-9",
    r"\p{M}": r"\u0300-\u036f",
    r"\p{Graph}": r"\x21-\x7e",
    r"\p{Print}": r"\x20-\x7e",
    r"\p{S}": r"$+<=>^`|~",
    r"\p{P}": r"!-/:-@\[-`{-~",
}
# A hyphen behind a class is itself in Java, and a broken range in Python: `[\w-/]`.
_HYPHEN_BEHIND_CLASS = re.compile(r"(\\[wWdDsS])-(?!\])")


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern for Python; None for one that only Java understands."""
    for java, python in _CLASSES.items():
        pattern = pattern.replace(java, python)
    for candidate in (pattern, _HYPHEN_BEHIND_CLASS.sub(r"\1\\-", pattern)):
        try:
            return re.compile(candidate, re.DOTALL)
        except re.error:
            continue
    return None
