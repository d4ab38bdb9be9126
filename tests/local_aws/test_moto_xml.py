"""Answers are written as xmltodict writes them, whatever is in them."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
import xmltodict
from hypothesis import example, given
from hypothesis import strategies as some

from modules.local_aws import moto_xml


class State(StrEnum):
    """A text as moto's classes have some."""

    RUNNING = "<running>"


NAMES = some.sampled_from(["Name", "item", "a-b", "x:y", "@xmlns", "@id", "#text", "#comment"])
PLAIN = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5)
ODD = some.sampled_from([b"bytes", ("a", "b"), Decimal("1.50"), State.RUNNING, "<&>\"'\r\n\t]]>"])
VALUES: some.SearchStrategy[Any] = some.recursive(
    PLAIN | ODD,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=4),
)
DOCUMENTS = some.dictionaries(NAMES | some.just("bad name"), VALUES, min_size=1, max_size=2)


def written(unparse: Any, document: dict[str, Any], **options: bool) -> str:
    """The XML, or which error there was."""
    try:
        return str(unparse(document, **options))
    except Exception as error:  # noqa: BLE001  # whichever it is, it has to be the same
        return repr(error)


@example(document={"Name": {"@id": []}}, full=True, short=True, pretty=False)
@given(document=DOCUMENTS, full=some.booleans(), short=some.booleans(), pretty=some.booleans())
def test_any_document_is_written_alike(
    document: dict[str, Any], full: bool, short: bool, pretty: bool
) -> None:
    options = {"full_document": full, "short_empty_elements": short, "pretty": pretty}
    own = written(xmltodict.unparse, document, **options)
    assert written(moto_xml.unparse, document, **options) == own


@pytest.mark.parametrize("short", [True, False])
def test_what_aws_answers_does_not_need_xmltodict(
    short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = {"Name": "a<b", "Count": 3, "On": True, "Ratio": 0.5, "None": None, "Empty": {}}
    document = {"Answer": {"@xmlns": "http://ec2/doc", "set": {"item": [item, item]}, "No": []}}
    own = written(xmltodict.unparse, document, short_empty_elements=short)
    monkeypatch.setattr(xmltodict, "unparse", None)
    assert moto_xml.unparse(document, short_empty_elements=short) == own
