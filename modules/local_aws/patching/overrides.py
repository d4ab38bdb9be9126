"""The baseline overrides of a patch run, read by the node itself with its own role.

The exit codes are those of the published payload of AWS-RunPatchBaseline (`BASELINE_OVERRIDE_*`;
tekumara/aws-ssm-patch-manager, patch_common/constant_repository.py); the texts follow
"Troubleshooting Patch Manager". Objects come with s3://, as private buckets need it ("About the
AWS-RunPatchBaseline SSM document").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from modules.local_aws import moto_backends
from modules.local_aws.moto_backends import MotoObject

if TYPE_CHECKING:
    from modules.local_aws.managed_nodes import ManagedNode
    from modules.local_aws.node_rights import NodeRights

ACCESS_DENIED = 160
INVALID = 161
DOWNLOAD_ERROR = 162
MISSING_SYSTEM = 163
SEVERAL_FOR_SYSTEM = 165
TWO_OVERRIDES = 167

_parsed: WeakKeyDictionary[MotoObject, Any] = WeakKeyDictionary()


class PatchRunError(Exception):
    """A patch run ends on the node: with which exit code, and what it says."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_override(
    rights: NodeRights, node: ManagedNode, url: str, system: str
) -> Mapping[str, Any]:
    """The baseline for an operating system in the overrides. Raises PatchRunError."""
    content = _download(rights, node, url)
    if not isinstance(content, list):
        raise PatchRunError(INVALID, "Provided Baseline Override was not a JSON Array")
    found = [b for b in content if isinstance(b, dict) and b.get("OperatingSystem") == system]
    if not found:
        raise PatchRunError(
            MISSING_SYSTEM, f"Unable to find Baseline Override for Operating System: {system}"
        )
    if len(found) > 1:
        raise PatchRunError(
            SEVERAL_FOR_SYSTEM, f"Multiple Baseline Overrides provided for given OS: {system}"
        )
    baseline: Mapping[str, Any] = found[0]
    return baseline


def _download(rights: NodeRights, node: ManagedNode, url: str) -> Any:
    parts = urlsplit(url)
    bucket_name, key = parts.netloc, parts.path.lstrip("/")
    bucket = moto_backends.find_bucket(bucket_name) if parts.scheme == "s3" else None
    if bucket is None:
        raise PatchRunError(DOWNLOAD_ERROR, f"Unable to download BaselineOverride: {url}")
    if not rights.allows(node, "s3:GetObject", bucket_name, key):
        # Without s3:ListBucket, S3 denies objects that are not there as well.
        raise PatchRunError(
            ACCESS_DENIED,
            f"Unable to download file from S3: {url}. Access Denied for {_who(rights, node)}",
        )
    found = moto_backends.find_object(bucket, key)
    if found is None:
        raise PatchRunError(DOWNLOAD_ERROR, f"Unable to download file from S3: {url}. Not Found")
    if found not in _parsed:
        _parsed[found] = _parse(found.value)
    return _parsed[found]


def _who(rights: NodeRights, node: ManagedNode) -> str:
    principal = rights.principal(node)
    return principal.arn if principal else node.id


def _parse(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
