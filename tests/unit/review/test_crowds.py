"""Crowds that meet are found without comparing each with all others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modules.review.model.crowds import Crowd, Meetings
from modules.review.model.target_sets import Normal

VALUES = st.frozensets(st.sampled_from(["a", "b", "c"]), min_size=1)
KEYS = st.sampled_from(["tag:a", "tag:b", "tag-key", "ids", "resource group"])
TARGETS: st.SearchStrategy[Normal] = st.dictionaries(KEYS, VALUES, max_size=3)
NODES = st.none() | st.frozensets(st.sampled_from(["i-1", "i-2", "i-3"]))
REGIONS = st.sampled_from([None, "us-east-1", "eu-west-1"])


def crowd(region: str | None, targets: Normal, nodes: frozenset[str] | None) -> Crowd:
    return Crowd(region=region, targets=targets, members=(), nodes=nodes)


@given(st.lists(st.tuples(REGIONS, TARGETS, NODES), max_size=8), st.booleans())
def test_the_same_crowds_meet_as_if_each_was_compared(
    entries: list[tuple[str | None, Normal, frozenset[str] | None]], has_fleet: bool
) -> None:
    found = [
        crowd(region, targets, (nodes or frozenset()) if has_fleet else None)
        for region, targets, nodes in entries
    ]
    meetings = Meetings(found)
    for number, one in enumerate(found):
        expected = [n for n, other in enumerate(found) if other.meets(one)]
        assert meetings.of(number) == expected
