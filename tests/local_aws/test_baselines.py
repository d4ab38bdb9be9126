"""Patch baselines: AWS's own and the account's."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.policy.operating_systems import PREDEFINED_BASELINE_NAMES


def identities(ssm: Any, **filters: str) -> list[dict[str, Any]]:
    """The baselines that these filters leave."""
    listed = [{"Key": key, "Values": [value]} for key, value in filters.items()]
    pages = ssm.get_paginator("describe_patch_baselines").paginate(
        Filters=listed, PaginationConfig={"PageSize": 4}
    )
    return [baseline for page in pages for baseline in page["BaselineIdentities"]]


def test_aws_predefines_one_for_every_operating_system(client: Any) -> None:
    found = identities(client("ssm"), OWNER="AWS")
    assert {b["OperatingSystem"]: b["BaselineName"] for b in found} == PREDEFINED_BASELINE_NAMES
    assert all(b["DefaultBaseline"] for b in found)


def test_filters_combine(client: Any) -> None:
    ssm = client("ssm")
    assert [b["OperatingSystem"] for b in identities(ssm, OPERATING_SYSTEM="SUSE")] == ["SUSE"]
    assert len(identities(ssm, OWNER="AWS", NAME_PREFIX="AWS-AmazonLinux")) == 4
    assert identities(ssm, OWNER="Self") == []
    with pytest.raises(ClientError, match="is not a filter"):
        identities(ssm, COLOR="blue")


def test_ids_are_aws_own_in_one_region_and_differ_in_others(client: Any) -> None:
    by_region = {
        region: identities(client("ssm", region=region), OPERATING_SYSTEM="WINDOWS")[0]
        for region in ("us-east-1", "eu-west-1")
    }
    arns = {region: baseline["BaselineId"] for region, baseline in by_region.items()}
    assert arns["us-east-1"] == (
        "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-09ca3fb51f0412ec3"
    )
    owners = {arn.split(":")[4] for arn in arns.values()}
    assert len(owners) == len({arn.split("/")[1] for arn in arns.values()}) == 2


def test_one_of_aws_is_addressed_by_its_full_arn(client: Any) -> None:
    ssm = client("ssm")
    arn = identities(ssm, OPERATING_SYSTEM="UBUNTU")[0]["BaselineId"]
    baseline = ssm.get_patch_baseline(BaselineId=arn)
    assert (baseline["BaselineId"], baseline["OperatingSystem"]) == (arn, "UBUNTU")
    assert baseline["ApprovalRules"]["PatchRules"]
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.get_patch_baseline(BaselineId=arn.split("/")[1])


def test_a_region_can_lack_one(client: Any) -> None:
    ssm = client("ssm", region="us-west-1")
    assert identities(ssm, OPERATING_SYSTEM="RASPBIAN") == []
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.get_default_patch_baseline(OperatingSystem="RASPBIAN")


def test_a_baseline_of_ones_own(client: Any) -> None:
    ssm = client("ssm")
    made = ssm.create_patch_baseline(
        Name="mine", OperatingSystem="SUSE", Tags=[{"Key": "a", "Value": "b"}]
    )["BaselineId"]
    ssm.update_patch_baseline(BaselineId=made, RejectedPatches=["kernel"])
    baseline = ssm.get_patch_baseline(BaselineId=made)
    assert (baseline["Name"], baseline["RejectedPatches"]) == ("mine", ["kernel"])
    assert [b["BaselineId"] for b in identities(ssm, OWNER="Self")] == [made]
    tags = ssm.list_tags_for_resource(ResourceType="PatchBaseline", ResourceId=made)["TagList"]
    assert tags == [{"Key": "a", "Value": "b"}]
    ssm.delete_patch_baseline(BaselineId=made)
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.get_patch_baseline(BaselineId=made)


def test_the_default_is_aws_own_until_another_is_registered(client: Any) -> None:
    ssm = client("ssm")
    default = ssm.get_default_patch_baseline(OperatingSystem="SUSE")["BaselineId"]
    assert default.startswith("arn:aws:ssm:us-east-1:")
    made = ssm.create_patch_baseline(Name="mine", OperatingSystem="SUSE")["BaselineId"]
    ssm.register_default_patch_baseline(BaselineId=made)
    assert ssm.get_default_patch_baseline(OperatingSystem="SUSE")["BaselineId"] == made
    defaults = {b["BaselineId"]: b["DefaultBaseline"] for b in identities(ssm, NAME_PREFIX="mine")}
    assert defaults == {made: True}
    with pytest.raises(ssm.exceptions.ResourceInUseException):
        ssm.delete_patch_baseline(BaselineId=made)


def test_baselines_belong_to_an_account_and_a_region(client: Any) -> None:
    made = client("ssm").create_patch_baseline(Name="mine")["BaselineId"]
    for other in (client("ssm", "111122223333"), client("ssm", region="eu-west-1")):
        with pytest.raises(other.exceptions.DoesNotExistException):
            other.get_patch_baseline(BaselineId=made)
