"""Each drawn resource has its place in a module, listed or not."""

from __future__ import annotations

from modules.plain.comments import COMMENTS
from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE, NODES, place_of, places


def test_no_two_resources_get_one_address() -> None:
    addresses = [place.address for place in places().values()]
    assert len(addresses) == len(set(addresses))


def test_every_comment_stands_above_something() -> None:
    assert COMMENTS.keys() <= {place.address for place in places().values()}


def test_a_resource_that_is_not_listed_keeps_its_name_and_comes_last() -> None:
    last = max(place.order for place in places().values())
    for drawn, is_role, section, file in (
        ("new_one", False, NODES, "nodes"),
        ("baseline_store_new_one", False, BASELINE_STORE, "baseline_store"),
        ("instance_role_new_one", True, INSTANCE_ROLE, "instance_role"),
    ):
        place = place_of("aws_sqs_queue", drawn, is_role=is_role)
        assert (place.address, place.section, place.file) == (
            f"aws_sqs_queue.{drawn}",
            section,
            file,
        )
        assert place.order > last
