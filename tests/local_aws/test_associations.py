"""State Manager associations, as the SSM API reference describes them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from modules.local_aws import LocalAws

RUNBOOK = """{
  "schemaVersion": "0.3",
  "parameters": {
    "AutomationAssumeRole": {"type": "String"},
    "InstanceId": {"type": "String"},
    "TagAction": {"type": "String", "default": "Add", "allowedValues": ["Add", "Remove"]}
  },
  "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]
}"""
SIMPLE = '{"schemaVersion": "0.3", "mainSteps": [{"name": "wait", "action": "aws:sleep"}]}'
TAGGED = [{"Key": "tag:Env", "Values": ["prod"]}]
SCAN: dict[str, Any] = {
    "Name": "AWS-RunPatchBaseline",
    "Parameters": {"Operation": ["Scan"]},
    "Targets": TAGGED,
}
AUTOMATION: dict[str, Any] = {
    "Name": "Runbook",
    "Parameters": {"AutomationAssumeRole": ["arn:aws:iam::123456789012:role/Role"]},
    "AutomationTargetParameterName": "InstanceId",
    "Targets": TAGGED,
}


@pytest.fixture
def ssm(client: Any) -> Any:
    """A client, in an account with a runbook that has targets and one that has none."""
    ssm = client("ssm")
    for name, content in (("Runbook", RUNBOOK), ("Simple", SIMPLE)):
        ssm.create_document(Name=name, Content=content, DocumentType="Automation")
    return ssm


def create(ssm: Any, request: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Create an association and return its description."""
    answer: dict[str, Any] = ssm.create_association(**{**request, **more})
    return dict(answer["AssociationDescription"])


def refused(ssm: Any, request: dict[str, Any], **more: Any) -> tuple[str, str]:
    """The error code and the message that CreateAssociation answers."""
    with pytest.raises(ClientError) as caught:
        ssm.create_association(**{**request, **more})
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_new_association_is_described_as_it_was_asked_for(ssm: Any) -> None:
    request = {
        **SCAN,
        "AssociationName": "Scan",
        "ScheduleExpression": "rate(1 day)",
        "MaxConcurrency": "10%",
        "MaxErrors": "2%",
        "SyncCompliance": "MANUAL",
    }
    created = create(ssm, request)
    described = ssm.describe_association(AssociationId=created["AssociationId"])
    assert described["AssociationDescription"] == created
    assert request.items() <= created.items()
    assert (created["AssociationVersion"], created["DocumentVersion"]) == ("1", "$DEFAULT")
    assert created["Overview"] == {"Status": "Pending", "DetailedStatus": "Creating"}


def test_an_automation_without_targets_reports_a_fake_one_and_refuses_it_back(ssm: Any) -> None:
    created = create(ssm, {"Name": "Simple"})
    fake = [{"Key": "aws:NoOpAutomationTag", "Values": ["AWS-NoOpAutomationTarget-Value"]}]
    assert created["Targets"] == fake
    with pytest.raises(ClientError, match="Must specify both Automation Target Parameter Name"):
        ssm.update_association(AssociationId=created["AssociationId"], Targets=fake)


def test_an_update_clears_whatever_it_leaves_out(ssm: Any) -> None:
    created = create(ssm, SCAN, MaxErrors="2%", SyncCompliance="MANUAL", AssociationName="Scan")
    changed = ssm.update_association(
        AssociationId=created["AssociationId"], Parameters=SCAN["Parameters"], Targets=TAGGED
    )["AssociationDescription"]
    assert not {"MaxErrors", "SyncCompliance", "AssociationName"} & changed.keys()
    assert (changed["Name"], changed["AssociationVersion"]) == ("AWS-RunPatchBaseline", "2")


def test_versions_are_kept(ssm: Any) -> None:
    created = create(ssm, SCAN, ScheduleExpression="rate(1 day)")
    wanted = {"AssociationId": created["AssociationId"]}
    ssm.update_association(**wanted, **SCAN, ScheduleExpression="rate(2 days)")
    versions = ssm.list_association_versions(**wanted)["AssociationVersions"]
    assert [v["ScheduleExpression"] for v in versions] == ["rate(2 days)", "rate(1 day)"]
    first = ssm.describe_association(**wanted, AssociationVersion="1")["AssociationDescription"]
    assert first["ScheduleExpression"] == "rate(1 day)"
    with pytest.raises(ssm.exceptions.InvalidAssociationVersion):
        ssm.describe_association(**wanted, AssociationVersion="3")


def test_creating_and_updating_owe_a_run_unless_the_association_waits(
    ssm: Any, aws: LocalAws
) -> None:
    at_once = create(ssm, SCAN)["AssociationId"]
    waits = create(
        ssm, SCAN, ScheduleExpression="cron(0 2 ? * SUN *)", ApplyOnlyAtCronInterval=True
    )["AssociationId"]
    ssm.update_association(AssociationId=at_once, **SCAN)
    here = aws.state.associations.at(("123456789012", "us-east-1"))
    assert [e.reason for e in here[at_once].owed] == ["created", "updated"]
    assert here[waits].owed == []


def test_names_are_not_unique(ssm: Any) -> None:
    ids = {create(ssm, SCAN, AssociationName="Same")["AssociationId"] for _ in range(2)}
    listed = ssm.list_associations(
        AssociationFilterList=[{"key": "AssociationName", "value": "Same"}]
    )
    assert {a["AssociationId"] for a in listed["Associations"]} == ids
    assert len(ids) == 2


def test_lists_come_in_pages(ssm: Any) -> None:
    for _ in range(5):
        create(ssm, SCAN)
    pages = ssm.get_paginator("list_associations").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["Associations"]) for page in pages] == [2, 2, 1]


def test_deleting_is_final(ssm: Any) -> None:
    wanted = {"AssociationId": create(ssm, SCAN)["AssociationId"]}
    ssm.delete_association(**wanted)
    for call in (ssm.describe_association, ssm.update_association, ssm.delete_association):
        with pytest.raises(ssm.exceptions.AssociationDoesNotExist):
            call(**wanted)


def test_tags(ssm: Any) -> None:
    created = create(ssm, SCAN, Tags=[{"Key": "Team", "Value": "a"}])
    named = {"ResourceType": "Association", "ResourceId": created["AssociationId"]}
    ssm.add_tags_to_resource(**named, Tags=[{"Key": "Stage", "Value": "b"}])
    ssm.remove_tags_from_resource(**named, TagKeys=["Team"])
    assert ssm.list_tags_for_resource(**named)["TagList"] == [{"Key": "Stage", "Value": "b"}]
    ssm.delete_association(AssociationId=created["AssociationId"])
    with pytest.raises(ssm.exceptions.InvalidResourceId):
        ssm.list_tags_for_resource(**named)


@pytest.mark.parametrize(
    ("request_", "more", "expected"),
    [
        (SCAN, {"Name": "AWS-Nothing"}, ("InvalidDocument", "AWS-Nothing does not exist")),
        (SCAN, {"AssociationName": "a b"}, ("ValidationException", "'associationName'")),
        (SCAN, {"MaxConcurrency": "0"}, ("ValidationException", "'maxConcurrency'")),
        (SCAN, {"SyncCompliance": "NEVER"}, ("ValidationException", "[AUTO, MANUAL]")),
        (SCAN, {"Targets": TAGGED * 6}, ("ValidationException", "less than or equal to 5")),
        (SCAN, {"Parameters": {}}, ("InvalidParameters", '"Operation" requires a value')),
        (SCAN, {"Parameters": {"Operation": ["Look"]}}, ("InvalidParameters", '"Look"')),
        (
            SCAN,
            {"Parameters": {"Operation": ["Scan"], "Reboot": ["No"]}},
            ("InvalidParameters", '"Reboot" is not defined'),
        ),
        (
            SCAN,
            {"Parameters": {"Operation": ["Scan"], "BaselineOverride": ["s3:/b/k"]}},
            ("InvalidParameters", "not matching"),
        ),
        (SCAN, {"Targets": []}, ("InvalidTarget", "needs targets")),
        (
            SCAN,
            {"Targets": [{"Key": "ResourceGroup", "Values": ["g"]}]},
            ("InvalidTarget", "Unsupported Target Type: ResourceGroup"),
        ),
        (
            AUTOMATION,
            {"Targets": [{"Key": "resource-groups:Name", "Values": ["g"]}]},
            ("InvalidTarget", "Unsupported Target Type: resource-groups:Name"),
        ),
        (AUTOMATION, {"Targets": TAGGED * 2}, ("InvalidTarget", "one target")),
        (AUTOMATION, {"Targets": []}, ("ValidationException", "Must specify both")),
        (
            AUTOMATION,
            {"TargetMaps": [{"InstanceId": ["i-1"]}]},
            ("InvalidTarget", "can't be specified together"),
        ),
        (
            AUTOMATION,
            {"Targets": [], "TargetMaps": [{"AutomationAssumeRole": ["x"]}]},
            ("InvalidTargetMaps", "needs a value for InstanceId"),
        ),
        (
            AUTOMATION,
            {"Targets": [], "TargetMaps": [{"InstanceId": ["i-1"], "Node": ["x"]}]},
            ("InvalidParameters", '"Node" is not defined'),
        ),
        (
            AUTOMATION,
            {"AutomationTargetParameterName": "Node"},
            ("InvalidParameters", '"Node" is not defined'),
        ),
        (
            AUTOMATION,
            {"Parameters": {"AutomationAssumeRole": ["x" * 513]}},
            ("ValidationException", "less than or equal to 512"),
        ),
        (SCAN, {"ScheduleExpression": "every day"}, ("InvalidSchedule", "every day")),
        (SCAN, {"ScheduleExpression": "rate(5 minutes)"}, ("InvalidSchedule", "rate(5 minutes)")),
        (
            SCAN,
            {"ScheduleExpression": "rate(1 day)", "ApplyOnlyAtCronInterval": True},
            ("ValidationException", "cron"),
        ),
    ],
)
def test_refuses_what_state_manager_refuses(
    ssm: Any, request_: dict[str, Any], more: dict[str, Any], expected: tuple[str, str]
) -> None:
    code, message = refused(ssm, request_, **more)
    assert code == expected[0]
    assert expected[1] in message


def test_refuses_another_document_version_than_there_is(ssm: Any) -> None:
    assert refused(ssm, AUTOMATION, DocumentVersion="7")[0] == "InvalidDocumentVersion"


def test_refuses_more_associations_than_the_quota(
    ssm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.local_aws.association_operations.QUOTA", 1)
    create(ssm, SCAN)
    assert refused(ssm, SCAN)[0] == "AssociationLimitExceeded"


def test_512_characters_still_fit(ssm: Any) -> None:
    create(ssm, AUTOMATION, Parameters={"AutomationAssumeRole": ["x" * 512]})


def test_an_account_sees_its_own_region_only(ssm: Any, client: Any) -> None:
    create(ssm, SCAN)
    elsewhere = [client("ssm", region="eu-west-1"), client("ssm", "111122223333")]
    assert [c.list_associations()["Associations"] for c in elsewhere] == [[], []]


def test_boto3_checks_before_the_server_does(ssm: Any) -> None:
    """A required member is botocore's business; the server's check serves other SDKs."""
    with pytest.raises(ParamValidationError):
        ssm.create_association(Targets=TAGGED)
