"""Real plans in which something is of another kind than Terraform's: reviewed, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modules.review.errors import ReviewError
from modules.review.plan import build_plan
from modules.review.plan_source import plan_document
from modules.review.render import html, json_format, markdown, text
from modules.review.review import review
from tests.unit.review.labelled import CLOCK, plan_bytes

Path = tuple[str | int, ...]
PLANS = ("a-policy-is-created", "somebody-changed-the-role-policy", "a-tag-becomes-all-nodes")
STRANGE: list[Any] = [
    None,
    [],
    {},
    "",
    0,
    True,
    [None],
    {"a": None},
    ["*"],
    1.5,
    "{}",
    '{"Statement": [1]}',
]


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in members:
            yield from paths(each, (*path, key))


def with_value(document: Any, path: Path, value: Any) -> Any:
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return document


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from(PLANS), st.sampled_from(STRANGE))
def test_there_is_a_review_or_a_refusal(data: st.DataObject, name: str, strange: Any) -> None:
    document = json.loads(plan_bytes(name))
    path = data.draw(st.sampled_from([path for path in paths(document) if path]))
    content = json.dumps(with_value(document, path, strange)).encode()
    with suppress(ReviewError):
        report = review(build_plan(plan_document(content)), CLOCK, name, {})
        for render in (html.render, json_format.render, markdown.render):
            assert render(report)
        assert text.render(report, text.Screen(width=80, colour=False))
