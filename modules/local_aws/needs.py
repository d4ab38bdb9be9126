"""The permissions that a call needs.

Source: "Actions, resources, and condition keys for AWS services" in the Service Authorization
Reference, service by service. An operation that no table names needs its own action on `*`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from modules.local_aws import moto_backends
from modules.local_aws.aws_documents import AWS_DOCUMENTS
from modules.local_aws.call import Call
from modules.local_aws.permissions import Need
from modules.local_aws.s3_needs import s3_needs

_ACCOUNT = re.compile(r"\{\{\s*global:ACCOUNT_ID\s*\}\}")  # which a given role may have
_PREFIXES = {"resourcegroupstaggingapi": "tag"}


def needs_of(call: Call) -> list[Need]:
    """Every permission without which the call is refused."""
    if (
        call.name == "sts.GetCallerIdentity"
    ):  # "No permissions are required to perform this operation"
        return []
    if call.name == "sts.AssumeRole":  # depends on the trust policy as well: see `roles`
        return []
    if call.service == "s3":
        return s3_needs(call)
    prefix = _PREFIXES.get(call.service, call.service)
    arns = _RESOURCES.get(call.service, _anything)(call)
    own = [Need(action=f"{prefix}:{_action(call)}", resource=arn, keys=_keys(call)) for arn in arns]
    return own + _passed_roles(call)


def _action(call: Call) -> str:
    return {"Invoke": "InvokeFunction"}.get(call.operation, call.operation)


def _anything(_call: Call) -> list[str]:
    return ["*"]


def _arn(call: Call, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{call.region}:{call.account}:{resource}"


_SERVICE_LINKED_ROLES = {"ssm.amazonaws.com": "AWSServiceRoleForAmazonSSM"}


def _iam(call: Call) -> list[str]:
    given = call.parameters
    if call.operation == "CreateServiceLinkedRole":
        service = given["AWSServiceName"]
        name = _SERVICE_LINKED_ROLES.get(service, "*")
        return [f"arn:aws:iam::{call.account}:role/aws-service-role/{service}/{name}"]
    if "PolicyArn" in given and "RoleName" not in given:
        return [str(given["PolicyArn"])]
    for key, kind in (
        ("InstanceProfileName", "instance-profile"),
        ("RoleName", "role"),
        ("PolicyName", "policy"),
    ):
        if key in given:
            path = str(given.get("Path", "/"))
            return [f"arn:aws:iam::{call.account}:{kind}{path}{given[key]}"]
    return ["*"]


def _ssm(call: Call) -> list[str]:
    given = call.parameters
    if "ResourceType" in given and "ResourceId" in given:
        return [_ssm_resource(call, given["ResourceType"], given["ResourceId"])]
    if call.operation in _SSM_NEEDS:
        return _SSM_NEEDS[call.operation](call)
    if "Document" in call.operation and "Name" in given:
        return [_full(call, "ssm", f"document/{given['Name']}", given["Name"])]
    for key, resource in _SSM_RESOURCES.items():
        if key in given:
            return [_full(call, "ssm", resource.format(given[key]), given[key])]
    return ["*"]


def _associated(call: Call) -> list[str]:
    """The document, and the association once it exists (Service Authorization Reference)."""
    name, existing = call.parameters.get("Name"), call.parameters.get("AssociationId")
    associations = [_arn(call, "ssm", f"association/{existing}")] if existing else []
    return [*associations, *([_document(call, name)] if name else [])]


def _managed_node(call: Call) -> list[str]:
    return [_arn(call, "ssm", f"managed-instance/{call.parameters['InstanceId']}")]


def _definition(call: Call) -> list[str]:
    """The runbook that is started; AWS's own are in no account here either."""
    short = str(call.parameters["DocumentName"]).rsplit("/", 1)[-1]
    version = call.parameters.get("DocumentVersion", "$DEFAULT")
    account = "" if short in AWS_DOCUMENTS else call.account
    return [f"arn:aws:ssm:{call.region}:{account}:automation-definition/{short}:{version}"]


def _document(call: Call, name: str) -> str:
    """AWS's own documents are in no account."""
    arn = _arn(call, "ssm", f"document/{name}")
    return arn.replace(f":{call.account}:", "::") if name.startswith("AWS-") else arn


_SSM_NEEDS: Mapping[str, Callable[[Call], list[str]]] = {
    "CreateAssociation": _associated,
    "DeregisterManagedInstance": _managed_node,
    "StartAutomationExecution": _definition,
    "UpdateAssociation": _associated,
    "UpdateManagedInstanceRole": _managed_node,
}
_SSM_RESOURCES = {
    "SettingId": "servicesetting{}",
    "BaselineId": "patchbaseline/{}",
    "AssociationId": "association/{}",
    "AutomationExecutionId": "automation-execution/{}",
}


def _full(call: Call, service: str, resource: str, given: object) -> str:
    return str(given) if str(given).startswith("arn:") else _arn(call, service, resource)


def _ssm_resource(call: Call, kind: str, resource_id: str) -> str:
    if kind == "ManagedInstance" and resource_id.startswith("i-"):
        return _arn(call, "ec2", f"instance/{resource_id}")
    names = {"ManagedInstance": "managed-instance", "PatchBaseline": "patchbaseline"}
    return _arn(call, "ssm", f"{names.get(kind, kind.lower())}/{resource_id}")


def _ec2(call: Call) -> list[str]:
    """EC2's describing actions have no resources; the tagging and the profile ones have."""
    given = call.parameters
    if call.operation in {"CreateTags", "DeleteTags"}:
        return [_arn(call, "ec2", f"instance/{resource}") for resource in given["Resources"]]
    if call.operation.endswith("IamInstanceProfile") and "InstanceId" in given:
        return [_arn(call, "ec2", f"instance/{given['InstanceId']}")]
    return ["*"]


def _lambda(call: Call) -> list[str]:
    name = call.parameters.get("FunctionName") or call.parameters.get("Resource")
    return ["*"] if name is None else [_full(call, "lambda", f"function:{name}", name)]


def _logs(call: Call) -> list[str]:
    if "resourceArn" in call.parameters:  # the tagging actions
        return [str(call.parameters["resourceArn"])]
    group = call.parameters.get("logGroupName")
    if group is None:
        return ["*"]
    stream = call.parameters.get("logStreamName")
    tail = f":log-stream:{stream}" if stream else ":*"
    return [_arn(call, "logs", f"log-group:{group}{tail}")]


def _groups(call: Call) -> list[str]:
    name = call.parameters.get("Group") or call.parameters.get("GroupName")
    return ["*"] if name is None else [_full(call, "resource-groups", f"group/{name}", name)]


_RESOURCES: Mapping[str, Callable[[Call], list[str]]] = {
    "ec2": _ec2,
    "iam": _iam,
    "lambda": _lambda,
    "logs": _logs,
    "resource-groups": _groups,
    "ssm": _ssm,
}


def _keys(call: Call) -> dict[str, str | tuple[str, ...] | None]:
    """The condition keys that come with the request's parameters."""
    given = call.parameters
    tags = given.get("Tags") or given.get("TagSpecifications") or ()
    named = tuple(t["Key"] for t in tags if isinstance(t, Mapping) and "Key" in t)
    keys = tuple(given.get("TagKeys", ())) or named
    profile = given.get("IamInstanceProfile", {})
    return {
        "aws:TagKeys": keys or None,
        "iam:AWSServiceName": given.get("AWSServiceName"),
        "iam:PolicyARN": given.get("PolicyArn"),
        "ec2:NewInstanceProfile": _profile_arn(call, profile),
        **{f"aws:RequestTag/{t['Key']}": t.get("Value", "") for t in tags if "Key" in t},
    }


def _profile_arn(call: Call, profile: Mapping[str, str]) -> str | None:
    if "Arn" in profile:
        return profile["Arn"]
    name = profile.get("Name")
    return f"arn:aws:iam::{call.account}:instance-profile/{name}" if name else None


def _passed_roles(call: Call) -> list[Need]:
    """Handing a role to a service takes iam:PassRole on it.

    Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    """
    given = call.parameters
    if call.name in {"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"}:
        return [_pass(given["Role"], "lambda.amazonaws.com")] if given.get("Role") else []
    if call.name == "iam.AddRoleToInstanceProfile":
        arn = f"arn:aws:iam::{call.account}:role/{given['RoleName']}"
        return [_pass(arn, "ec2.amazonaws.com")]
    if call.name == "ec2.AssociateIamInstanceProfile":
        roles = moto_backends.profile_roles(call.account, given["IamInstanceProfile"])
        return [_pass(role, "ec2.amazonaws.com") for role in roles]
    if call.name == "ssm.UpdateManagedInstanceRole":
        arn = f"arn:aws:iam::{call.account}:role/{given['IamRole']}"
        return [_pass(arn, "ssm.amazonaws.com")]
    if call.name in {"ssm.CreateAssociation", "ssm.StartAutomationExecution"}:
        roles = given.get("Parameters", {}).get("AutomationAssumeRole", ())
        return [_pass(_ACCOUNT.sub(call.account, r), "ssm.amazonaws.com") for r in roles if r]
    return []


def _pass(role_arn: str, service: str) -> Need:
    return Need(action="iam:PassRole", resource=role_arn, keys={"iam:PassedToService": service})
