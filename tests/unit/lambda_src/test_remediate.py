"""Remediate: the hourly refresh keeps what is left, and says what is not."""

from __future__ import annotations

import json

import pytest
from baseline_overrides.errors import UnusableBaselinesError

from tests.unit.lambda_src.aws_double import BUCKET, KEY, AwsDouble, event
from tests.unit.lambda_src.conftest import Invoke


def test_copies_what_was_edited_since(aws: AwsDouble, invoke: Invoke) -> None:
    chosen = {"UBUNTU": aws.add_baseline("UBUNTU", RejectedPatches=[])}
    invoke(event("Create", chosen))
    aws.baselines[chosen["UBUNTU"]]["RejectedPatches"] = ["bash"]

    assert invoke(event("Remediate", chosen))["Written"] is True
    assert json.loads(aws.body())[0]["RejectedPatches"] == ["bash"]


def test_writes_the_surviving_baselines_in_order_and_then_names_the_missing(
    aws: AwsDouble, invoke: Invoke
) -> None:
    chosen = {name: aws.add_baseline(name) for name in ("UBUNTU", "SUSE", "DEBIAN")}
    invoke(event("Create", chosen))
    del aws.baselines[chosen["SUSE"]]

    with pytest.raises(UnusableBaselinesError) as caught:
        invoke(event("Remediate", chosen))

    assert [item["OperatingSystem"] for item in json.loads(aws.body())] == ["DEBIAN", "UBUNTU"]
    assert str(caught.value).startswith(
        f"SUSE: the patch baseline {chosen['SUSE']} does not exist in eu-central-1."
        f" s3://{BUCKET}/{KEY} holds the other 2 alone."
    )


def test_fails_every_hour_while_a_baseline_is_missing_but_writes_once(
    aws: AwsDouble, invoke: Invoke
) -> None:
    chosen = {name: aws.add_baseline(name) for name in ("UBUNTU", "SUSE")}
    invoke(event("Create", chosen))
    del aws.baselines[chosen["SUSE"]]

    for _ in range(3):
        with pytest.raises(UnusableBaselinesError):
            invoke(event("Remediate", chosen))

    assert len(aws.versions()) == 2


def test_keeps_the_last_file_where_no_baseline_is_left(aws: AwsDouble, invoke: Invoke) -> None:
    """An empty file would fail every node, with exit code 163."""
    chosen = {name: aws.add_baseline(name) for name in ("UBUNTU", "SUSE")}
    invoke(event("Create", chosen))
    before = aws.body()
    aws.baselines.clear()

    with pytest.raises(UnusableBaselinesError, match=r"SUSE: .*; UBUNTU: .* stays as it is\."):
        invoke(event("Remediate", chosen))

    assert aws.body() == before
    assert len(aws.versions()) == 1
