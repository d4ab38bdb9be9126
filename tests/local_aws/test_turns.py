"""Work side by side in one thread: whose turn it is, and what errors do."""

from __future__ import annotations

from contextvars import ContextVar

import pytest

from modules.local_aws.turns import give_way, side_by_side

WHO = ContextVar("who", default="nobody")


class Work:
    """Work of a few parts, between which it gives way; it keeps what was done, in order."""

    def __init__(self, *, parts: int = 2, failing: dict[str, BaseException] | None = None) -> None:
        self.parts = parts
        self.failing = failing or {}
        self.done: list[str] = []
        self.ended: list[str] = []

    def __call__(self, item: str) -> str:
        try:
            for part in range(self.parts):
                self.done.append(f"{item}{part}")
                give_way()
                if item in self.failing:
                    raise self.failing[item]
        finally:
            self.ended.append(item)
        return item.upper()


def test_outcomes_stand_in_the_order_of_the_items() -> None:
    assert side_by_side(Work(), "abcde") == ["A", "B", "C", "D", "E"]


def test_two_take_turns_and_who_is_done_begins_the_next_one() -> None:
    work = Work()
    side_by_side(work, "abc")
    assert work.done == ["a0", "b0", "a1", "b1", "c0", "c1"]


def test_the_turns_are_the_same_each_time() -> None:
    first, second = Work(parts=3), Work(parts=3)
    side_by_side(first, "abcdefg")
    side_by_side(second, "abcdefg")
    assert first.done == second.done


def test_one_item_and_none_need_no_turns() -> None:
    assert side_by_side(Work(), "a") == ["A"]
    assert side_by_side(Work(), "") == []


def test_work_inside_of_such_work_is_done_item_by_item() -> None:
    inner = Work(parts=1)

    def outer(item: str) -> list[str]:
        return side_by_side(inner, (f"{item}x", f"{item}y"))

    assert side_by_side(outer, "ab") == [["AX", "AY"], ["BX", "BY"]]
    assert [each for each in inner.ended if each.startswith("a")] == ["ax", "ay"]


def test_after_an_error_what_is_under_way_is_done_and_no_more_is_begun() -> None:
    work = Work(failing={"a": ValueError("a is wrong")})
    with pytest.raises(ValueError, match="a is wrong"):
        side_by_side(work, "abc")
    assert work.done == ["a0", "b0", "b1"]
    assert work.ended == ["a", "b"]


def test_an_interruption_ends_what_is_under_way() -> None:
    work = Work(failing={"a": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        side_by_side(work, "abc")
    assert work.done == ["a0", "b0"]
    assert work.ended == ["a", "b"]


def test_what_ends_by_an_interruption_cannot_give_way_any_more() -> None:
    ended = []

    def work(item: str) -> None:
        try:
            give_way()
            if item == "a":
                raise KeyboardInterrupt
            give_way()
        finally:
            give_way()
            ended.append(item)

    with pytest.raises(KeyboardInterrupt):
        side_by_side(work, "ab")
    assert sorted(ended) == ["a", "b"]


def test_work_sees_the_context_that_it_was_asked_for_in() -> None:
    token = WHO.set("the caller")
    try:
        assert side_by_side(lambda _item: WHO.get(), "ab") == ["the caller", "the caller"]
    finally:
        WHO.reset(token)


def test_outside_of_such_work_there_is_nobody_to_give_way_to() -> None:
    give_way()
