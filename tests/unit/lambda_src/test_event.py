"""Events: each malformed one is explained as a whole, and none raises anything else."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from baseline_overrides import handler
from baseline_overrides.errors import BaselineOverridesError, EventError
from baseline_overrides.event import parse_event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.lambda_src.aws_double import BUCKET, AwsDouble, Context, event

MALFORMED = sorted((Path(__file__).parent / "malformed_events").glob("*.json"))
KNOWN_ID = f"pb-{1:017x}"


@pytest.mark.parametrize("case", MALFORMED, ids=lambda path: path.stem)
@pytest.mark.usefixtures("new_clients")
def test_rejects_a_malformed_event_naming_every_problem(case: Path) -> None:
    given_case = json.loads(case.read_text(encoding="utf-8"))

    with pytest.raises(EventError) as caught:
        handler.lambda_handler(given_case["event"], Context())

    assert list(caught.value.problems) == given_case["problems"]
    assert str(caught.value) == (
        f"The event cannot be used, nothing was done. {'; '.join(given_case['problems'])}."
    )
    assert handler._clients.cache_info().currsize == 0, "AWS was reached"


def test_rejects_json_text_of_any_depth() -> None:
    nested = event("Create", {})
    nested["ResourceProperties"]["PatchBaselines"] = "[" * 100_000

    with pytest.raises(EventError, match=r"PatchBaselines: found '\[\["):
        parse_event(nested)


def test_a_long_value_is_shortened_in_the_message() -> None:
    with pytest.raises(EventError) as caught:
        parse_event(event("Create", {"UBUNTU": "x" * 10_000}))

    assert len(str(caught.value)) < 300


def test_keys_that_are_not_needed_are_left_alone() -> None:
    """CloudFormation's, a console's, and the baselines where the object is deleted."""
    whole = event("Delete", {"UBUNTU": "no baseline"}) | {"StackId": "x", "RequestId": 1}
    whole["ResourceProperties"]["ServiceToken"] = None

    assert parse_event(whole).bucket == BUCKET


def test_the_choice_is_in_the_order_of_the_operating_systems() -> None:
    parsed = parse_event(event("Create", {"UBUNTU": KNOWN_ID, "DEBIAN": KNOWN_ID}))

    assert list(parsed.baseline_ids) == ["DEBIAN", "UBUNTU"]


# Any text, as JSON may hold even half of a surrogate pair.
text = st.text(st.characters(exclude_categories=()), max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
operating_systems = st.sampled_from(["UBUNTU", "DEBIAN"]) | text
entries = st.fixed_dictionaries({"value": st.sampled_from([KNOWN_ID, f"pb-{9:017x}"]) | anything})
choices = st.dictionaries(operating_systems, entries | anything, max_size=3)
nearly_events = st.fixed_dictionaries(
    {},
    optional={
        "RequestType": st.sampled_from(["Create", "Update", "Delete", "Remediate"]) | anything,
        "ResourceProperties": anything
        | st.fixed_dictionaries(
            {},
            optional={
                "BucketName": st.sampled_from([BUCKET, "no-such-bucket"]) | anything,
                "PatchBaselines": choices | choices.map(json.dumps) | anything,
            },
        ),
    },
)


@given(random_event=nearly_events | anything)
@settings(
    max_examples=150,
    deadline=None,
    # Every example may use what the former left behind, as invocations do.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_event_is_served_or_refused_with_an_error_of_our_own(
    random_event: object, aws: AwsDouble
) -> None:
    if not aws.baselines:
        aws.add_baseline("UBUNTU")

    with contextlib.suppress(BaselineOverridesError):
        assert json.dumps(handler.lambda_handler(random_event, Context()))
