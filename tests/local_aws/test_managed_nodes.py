"""Managed nodes, service settings, and the ways to find nodes."""

from __future__ import annotations

import json
from typing import Any

import pytest


def listed(ssm: Any, *filters: dict[str, Any]) -> set[str]:
    """The names of the managed nodes that these filters leave."""
    pages = ssm.get_paginator("describe_instance_information").paginate(
        Filters=list(filters), PaginationConfig={"PageSize": 5}
    )
    return {n["ComputerName"] for page in pages for n in page["InstanceInformationList"]}


@pytest.mark.usefixtures("fleet")
def test_instances_with_a_permitted_role_and_hybrid_nodes_are_managed(client: Any) -> None:
    assert listed(client("ssm")) == {"managed", "shop", "office"}


def test_an_instance_becomes_managed_when_its_role_allows_it(
    client: Any, fleet: dict[str, str]
) -> None:
    iam, ec2 = client("iam"), client("ec2")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ec2.amazonaws.com"},
            }
        ],
    }
    iam.create_role(RoleName="Late", AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_instance_profile(InstanceProfileName="Late")
    iam.add_role_to_instance_profile(InstanceProfileName="Late", RoleName="Late")
    ec2.associate_iam_instance_profile(
        InstanceId=fleet["bare"], IamInstanceProfile={"Name": "Late"}
    )
    assert "bare" not in listed(client("ssm"))
    core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    iam.attach_role_policy(RoleName="Late", PolicyArn=core)
    assert "bare" in listed(client("ssm"))


@pytest.mark.usefixtures("fleet")
def test_a_boundary_keeps_an_instance_from_its_agent(client: Any) -> None:
    iam, ssm = client("iam"), client("ssm")
    reading = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [reading]})
    boundary = iam.create_policy(PolicyName="Boundary", PolicyDocument=document)["Policy"]["Arn"]
    online = [{"Key": "PingStatus", "Values": ["Online"]}]
    assert "managed" in listed(ssm, *online)
    iam.put_role_permissions_boundary(RoleName="ServerRole", PermissionsBoundary=boundary)
    assert "managed" not in listed(ssm, *online)
    iam.delete_role_permissions_boundary(RoleName="ServerRole")
    assert "managed" in listed(ssm, *online)


def test_filters(client: Any, fleet: dict[str, str]) -> None:
    ssm = client("ssm")
    assert listed(ssm, {"Key": "InstanceIds", "Values": [fleet["shop"]]}) == {"shop"}
    assert listed(ssm, {"Key": "tag:Env", "Values": ["prod"]}) == {"managed", "shop"}
    assert listed(ssm, {"Key": "PlatformTypes", "Values": ["Windows"]}) == {"office"}
    assert listed(ssm, {"Key": "ResourceType", "Values": ["EC2Instance"]}) == {"managed"}
    with pytest.raises(ssm.exceptions.InvalidFilterKey):
        listed(ssm, {"Key": "Colour", "Values": ["blue"]})


def test_a_hybrid_nodes_role_is_seen_and_changed(client: Any, fleet: dict[str, str]) -> None:
    ssm = client("ssm")

    def role(name: str) -> str | None:
        wanted = {"Key": "InstanceIds", "Values": [fleet[name]]}
        found = ssm.describe_instance_information(Filters=[wanted])["InstanceInformationList"]
        return found[0].get("IamRole")  # type: ignore[no-any-return]  # the client has no types

    assert (role("shop"), role("office")) == ("ShopRole", None)
    ssm.update_managed_instance_role(InstanceId=fleet["office"], IamRole="ShopRole")
    assert role("office") == "ShopRole"
    with pytest.raises(ssm.exceptions.InvalidInstanceId):
        ssm.update_managed_instance_role(InstanceId="mi-00000000000000000", IamRole="ShopRole")


def test_a_hybrid_node_is_deregistered(client: Any, fleet: dict[str, str]) -> None:
    ssm = client("ssm")
    ssm.deregister_managed_instance(InstanceId=fleet["shop"])
    assert listed(ssm) == {"managed", "office"}
    found = client("resourcegroupstaggingapi").get_resources(
        ResourceTypeFilters=["ssm:managed-instance"]
    )["ResourceTagMappingList"]
    assert [each["ResourceARN"].rpartition("/")[2] for each in found] == [fleet["office"]]
    shop = {"ResourceType": "ManagedInstance", "ResourceId": fleet["shop"]}
    with pytest.raises(ssm.exceptions.InvalidResourceId):
        ssm.add_tags_to_resource(**shop, Tags=[{"Key": "Env", "Value": "prod"}])
    with pytest.raises(ssm.exceptions.InvalidInstanceId):
        ssm.deregister_managed_instance(InstanceId=fleet["shop"])


def test_inventory_finds_nodes_by_tag_and_status(client: Any, fleet: dict[str, str]) -> None:
    answer = client("ssm").get_inventory(
        Filters=[
            {"Key": "AWS:Tag.Key", "Values": ["Env"], "Type": "Equal"},
            {
                "Key": "AWS:InstanceInformation.InstanceStatus",
                "Values": ["Terminated", "ConnectionLost"],
                "Type": "NotEqual",
            },
        ]
    )
    assert {entity["Id"] for entity in answer["Entities"]} == {fleet["managed"], fleet["shop"]}


def test_hybrid_nodes_are_found_and_untagged_through_the_tagging_api(
    client: Any, fleet: dict[str, str]
) -> None:
    tagging = client("resourcegroupstaggingapi")
    asked = {"ResourceTypeFilters": ["ssm:managed-instance"], "TagFilters": [{"Key": "Env"}]}
    found = tagging.get_resources(**asked)["ResourceTagMappingList"]
    arn = f"arn:aws:ssm:us-east-1:123456789012:managed-instance/{fleet['shop']}"
    assert [resource["ResourceARN"] for resource in found] == [arn]
    gone = arn.replace(fleet["shop"], "mi-00000000000000000")
    answer = tagging.untag_resources(ResourceARNList=[arn, gone], TagKeys=["Env"])
    assert list(answer["FailedResourcesMap"]) == [gone]
    assert tagging.get_resources(**asked)["ResourceTagMappingList"] == []


def test_a_resource_group_lists_its_members(client: Any, fleet: dict[str, str]) -> None:
    groups = client("resource-groups")
    query = {
        "ResourceTypeFilters": ["AWS::AllSupported"],
        "TagFilters": [{"Key": "Env", "Values": ["prod"]}],
    }
    groups.create_group(
        Name="web", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    )
    found = groups.list_group_resources(Group="web")["Resources"]
    members = {resource["Identifier"]["ResourceArn"].rsplit("/")[-1] for resource in found}
    assert members == {fleet["bare"], fleet["managed"], fleet["shop"]}
    with pytest.raises(groups.exceptions.NotFoundException):
        groups.list_group_resources(Group="another")


def test_service_settings_remember_who_changed_them(client: Any) -> None:
    ssm = client("ssm")
    wanted = {"SettingId": "/ssm/opsitem/EC2"}
    assert ssm.get_service_setting(**wanted)["ServiceSetting"]["Status"] == "Default"
    arn = "arn:aws:ssm:us-east-1:123456789012:servicesetting/ssm/opsitem/EC2"
    ssm.update_service_setting(SettingId=arn, SettingValue="Enabled")
    setting = ssm.get_service_setting(**wanted)["ServiceSetting"]
    assert (setting["SettingValue"], setting["Status"]) == ("Enabled", "Customized")
    assert ssm.reset_service_setting(**wanted)["ServiceSetting"]["Status"] == "Default"
    with pytest.raises(ssm.exceptions.ServiceSettingNotFound):
        ssm.get_service_setting(SettingId="/ssm/nothing")
