"""Systems Manager documents: AWS's own, and the account's, which moto keeps.

moto accepts nearly any content; what AWS refuses is refused here first.
Source: API reference of CreateDocument; "SSM document data elements and parameters".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from modules.local_aws import moto_backends
from modules.local_aws.aws_documents import AWS_DOCUMENTS, Document, parse_content
from modules.local_aws.call import Call, Operation, Parameters, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.state_manager.executions import RequestedExecution

if TYPE_CHECKING:
    from modules.local_aws.state import State

MAX_BYTES = 64 * 1024  # "AWS Systems Manager endpoints and quotas": document size 64 KB
_RESERVED_PREFIXES = ("aws-", "amazon", "amzn-", "awsec2-", "awsconfigremediation-", "awssupport-")
_QUICK_SETUP_PREFIX = "awsquicksetup"
_SCHEMAS = {"Automation": {"0.3"}, "Command": {"1.2", "2.0", "2.2"}}
PLATFORMS = ["Windows", "Linux", "MacOS"]

__all__ = ["OPERATIONS", "Document", "find_document"]


def find_document(
    state: State, place: tuple[str, str], name: str, version: str | None = None
) -> Document:
    """A document by name or ARN; InvalidDocument, InvalidDocumentVersion."""
    short_name = name.rsplit("/", 1)[-1] if name.startswith("arn:") else name
    if short_name in AWS_DOCUMENTS:
        return AWS_DOCUMENTS[short_name]
    versions = moto_backends.ssm(place)._documents.get(short_name)
    if versions is None:
        raise AwsError("InvalidDocument", f"Document with name {name} does not exist.")
    wanted = None if version in {None, "$DEFAULT"} else version
    if not versions.exists(wanted):
        raise AwsError("InvalidDocumentVersion", f"Document {name} has no version {version}.")
    found = versions.find(wanted)
    return Document(
        name=short_name,
        type=found.document_type,
        owner=found.owner,
        content=parse_content(found.content),
        version=str(found.document_version),
    )


def check_content(parameters: Parameters) -> None:
    """Raise InvalidDocumentContent, InvalidDocumentSchemaVersion or MaxDocumentSizeExceeded."""
    text = parameters["Content"]
    try:
        if len(text.encode()) > MAX_BYTES:
            raise AwsError("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.")
        parse = json.loads if parameters.get("DocumentFormat", "JSON") == "JSON" else yaml.safe_load
        content = parse(text)
    except (ValueError, yaml.YAMLError) as error:
        raise AwsError("InvalidDocumentContent", f"The content does not parse: {error}") from error
    if not isinstance(content, Mapping):
        raise AwsError("InvalidDocumentContent", "The content for the document is not an object.")
    _check_schema(content, parameters.get("DocumentType", "Command"))


def _check_schema(content: Mapping[str, Any], document_type: str) -> None:
    schema = str(content.get("schemaVersion"))
    if document_type not in _SCHEMAS:
        return
    if schema not in _SCHEMAS[document_type]:
        raise AwsError(
            "InvalidDocumentSchemaVersion",
            f"A document of type {document_type} has no schemaVersion {schema}.",
        )
    steps = content.get("mainSteps" if schema != "1.2" else "runtimeConfig")
    if not steps:
        raise AwsError("InvalidDocumentContent", "A document has at least one step.")
    if schema == "1.2":
        return
    names = [step["name"] for step in steps if isinstance(step, Mapping) and "name" in step]
    if not isinstance(steps, list) or len({*map(str, names)}) < len(steps):
        raise AwsError("InvalidDocumentContent", "Steps have names, each of them once.")


def check_name(name: str, *, refuse_quick_setup: bool) -> None:
    """Raise ValidationException for a name with a prefix that AWS keeps to itself.

    The reserved prefixes are those with a hyphen ("Reserved prefix is `aws-`, with the hyphen":
    aws-cloudformation/aws-cloudformation-resource-providers-ssm#47). Whether `AWSQuickSetup-` is
    open to everyone is not documented, hence the switch.
    """
    lower = name.lower()
    quick_setup = lower.startswith(_QUICK_SETUP_PREFIX) and refuse_quick_setup
    if quick_setup or lower.startswith(_RESERVED_PREFIXES):
        raise AwsError(
            "ValidationException", f"{name}: document names cannot start with a reserved prefix."
        )


def _create(state: State, call: Call) -> Result | None:
    name = call.parameters["Name"]
    check_name(name, refuse_quick_setup=state.switches.refuse_quick_setup_documents)
    if not re.fullmatch(r"[a-zA-Z0-9_\-.]{3,128}", name):
        raise AwsError("ValidationException", f"{name} is not a document name.")
    check_content(call.parameters)
    return None


def target_type_of(place: tuple[str, str], name: str) -> str | None:
    """The kind of resource that a document says it is for; None where it says nothing."""
    versions = moto_backends.ssm(place)._documents.get(name.rsplit("/", 1)[-1])
    found = versions.find(None).target_type if versions else None
    return str(found) if found else None


def _update(state: State, call: Call) -> Result | None:
    _own_only(call)
    check_content({"DocumentType": None, **call.parameters})
    _run_again(state, call, "$LATEST")
    return None


def _set_default_version(state: State, call: Call) -> Result | None:
    _own_only(call)
    _run_again(state, call, "$DEFAULT")
    return None


def _run_again(state: State, call: Call, version: str) -> None:
    """Owe a run to the associations that follow this version, unless they wait for their time.

    "You make changes to the ... document on which that association is based" (API reference,
    ApplyOnlyAtCronInterval of UpdateAssociation).
    """
    followed = {"Name": call.parameters["Name"], "DocumentVersion": version}
    for association in state.associations.at(call.place).values():
        settings = association.settings
        if followed.items() <= settings.items() and not settings["ApplyOnlyAtCronInterval"]:
            request = RequestedExecution(
                reason="document", version=association.current.number, requested=state.now()
            )
            association.owed.append(request)


def _delete(state: State, call: Call) -> Result | None:
    _own_only(call)
    name = call.parameters["Name"]
    if any(a.settings["Name"] == name for a in state.associations.at(call.place).values()):
        raise AwsError(
            "AssociatedInstances",
            "You must disassociate a document from all managed nodes before you can delete it.",
        )
    return None


def _own_only(call: Call) -> None:
    if call.parameters["Name"] in AWS_DOCUMENTS:
        raise AwsError("InvalidDocumentOperation", "AWS's documents cannot be changed.")


def _get(_state: State, call: Call) -> Result | None:
    document = AWS_DOCUMENTS.get(call.parameters["Name"])
    if document is None:
        return None
    as_yaml = call.parameters.get("DocumentFormat") == "YAML"
    content = dict(document.content)
    text = yaml.safe_dump(content, sort_keys=False) if as_yaml else json.dumps(content)
    return {
        "Name": document.name,
        "DocumentVersion": "1",
        "Status": "Active",
        "Content": text,
        "DocumentType": document.type,
        "DocumentFormat": "YAML" if as_yaml else "JSON",
    }


def _describe(_state: State, call: Call) -> Result | None:
    document = AWS_DOCUMENTS.get(call.parameters["Name"])
    if document is None:
        return None
    return {
        "Document": {
            "Name": document.name,
            "Owner": document.owner,
            "Status": "Active",
            "DocumentVersion": "1",
            "DefaultVersion": "1",
            "LatestVersion": "1",
            "Description": document.content["description"],
            "Parameters": [_described(name, p) for name, p in document.parameters.items()],
            "PlatformTypes": PLATFORMS,
            "DocumentType": document.type,
            "SchemaVersion": document.content["schemaVersion"],
            "DocumentFormat": "JSON",
        }
    }


def _described(name: str, declared: Mapping[str, Any]) -> dict[str, str]:
    # DocumentParameterType knows these two alone, whatever a document declares.
    kind = "StringList" if declared["type"] == "StringList" else "String"
    parameter = {"Name": name, "Type": kind, "Description": declared["description"]}
    default = {"DefaultValue": str(declared["default"])} if "default" in declared else {}
    return parameter | default


OPERATIONS: Mapping[str, Operation] = {
    "CreateDocument": _create,
    "DeleteDocument": _delete,
    "DescribeDocument": _describe,
    "GetDocument": _get,
    "UpdateDocument": _update,
    "UpdateDocumentDefaultVersion": _set_default_version,
}
