"""Systems Manager documents: AWS's own, and what CreateDocument refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.local_aws import LocalAws

STEP = {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
CONTENT = {"schemaVersion": "0.3", "mainSteps": [STEP]}
GOOD: dict[str, Any] = {
    "Name": "AWSQuickSetup-Runbook-a1b2c",
    "DocumentType": "Automation",
    "Content": json.dumps(CONTENT),
}


def test_content_in_json_and_yaml(client: Any) -> None:
    ssm = client("ssm")
    created = ssm.create_document(**GOOD)["DocumentDescription"]
    assert (created["Status"], created["DefaultVersion"]) == ("Active", "1")
    yaml = "schemaVersion: '0.3'\nmainSteps:\n  - {name: wait, action: 'aws:sleep'}\n"
    ssm.create_document(**{**GOOD, "Name": "Yaml", "Content": yaml}, DocumentFormat="YAML")
    assert ssm.get_document(Name="Yaml", DocumentFormat="YAML")["Content"] == yaml


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Content": "{"}, "InvalidDocumentContent"),
        ({"Content": "[]"}, "InvalidDocumentContent"),
        ({"Content": '{"description": "\ud800"}'}, "InvalidDocumentContent"),
        ({"Content": json.dumps({**CONTENT, "mainSteps": ["one"]})}, "InvalidDocumentContent"),
        ({"Content": json.dumps({**CONTENT, "mainSteps": {"a": 1}})}, "InvalidDocumentContent"),
        ({"Content": "a: [", "DocumentFormat": "YAML"}, "InvalidDocumentContent"),
        ({"Content": json.dumps({"schemaVersion": "0.3"})}, "InvalidDocumentContent"),
        ({"Content": json.dumps({**CONTENT, "mainSteps": []})}, "InvalidDocumentContent"),
        ({"Content": json.dumps({**CONTENT, "mainSteps": [STEP] * 2})}, "InvalidDocumentContent"),
        (
            {"Content": json.dumps({**CONTENT, "schemaVersion": "2.2"})},
            "InvalidDocumentSchemaVersion",
        ),
        (
            {"Content": json.dumps({**CONTENT, "description": "x" * 65536})},
            "MaxDocumentSizeExceeded",
        ),
        ({"Name": "aws-mine"}, "ValidationException"),
        ({"Name": "Amazon-mine"}, "ValidationException"),
        ({"Name": "amzn-mine"}, "ValidationException"),
        ({"Name": "with space"}, "ValidationException"),
        ({"Name": "ab"}, "ValidationException"),
    ],
)
def test_refuses_what_create_document_refuses(
    client: Any, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        client("ssm").create_document(**{**GOOD, **changes})
    assert caught.value.response["Error"]["Code"] == code


def test_quick_setups_prefix_can_be_closed(client: Any, aws: LocalAws) -> None:
    aws.state.switches.refuse_quick_setup_documents = True
    with pytest.raises(ClientError, match="reserved prefix"):
        client("ssm").create_document(**GOOD)


def test_an_update_is_checked_too(client: Any) -> None:
    ssm = client("ssm")
    ssm.create_document(**GOOD)
    with pytest.raises(ssm.exceptions.InvalidDocumentContent):
        ssm.update_document(Name=GOOD["Name"], Content="{", DocumentVersion="$LATEST")


@pytest.mark.parametrize(
    ("name", "kind", "parameters"),
    [
        ("AWS-RunPatchBaseline", "Command", {"Operation", "BaselineOverride", "RebootOption"}),
        ("AWS-EnableExplorer", "Automation", {"AutomationAssumeRole", "OpsDataSources"}),
        ("AWS-AttachIAMToInstance", "Automation", {"InstanceId", "RoleName", "ForceReplace"}),
    ],
)
def test_documents_of_aws(client: Any, name: str, kind: str, parameters: set[str]) -> None:
    ssm = client("ssm")
    described = ssm.describe_document(Name=name)["Document"]
    assert (described["Owner"], described["DocumentType"]) == ("Amazon", kind)
    assert parameters <= {p["Name"] for p in described["Parameters"]}
    content = json.loads(ssm.get_document(Name=name)["Content"])
    assert set(content["parameters"]) == {p["Name"] for p in described["Parameters"]}


def test_documents_of_aws_cannot_be_changed(client: Any) -> None:
    ssm = client("ssm")
    with pytest.raises(ssm.exceptions.InvalidDocumentOperation):
        ssm.delete_document(Name="AWS-RunPatchBaseline")
    with pytest.raises(ssm.exceptions.InvalidDocumentOperation):
        ssm.update_document(Name="AWS-RunPatchBaseline", Content=GOOD["Content"])


def test_a_document_with_an_association_stays(client: Any) -> None:
    ssm = client("ssm")
    ssm.create_document(**GOOD)
    made = ssm.create_association(Name=GOOD["Name"])["AssociationDescription"]
    with pytest.raises(ssm.exceptions.AssociatedInstances):
        ssm.delete_document(Name=GOOD["Name"])
    ssm.delete_association(AssociationId=made["AssociationId"])
    ssm.delete_document(Name=GOOD["Name"])
