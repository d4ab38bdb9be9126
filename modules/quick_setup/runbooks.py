"""A policy's Automation documents as Terraform deploys them: names, files, filled-in values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.documents import (
    AutomationDocument,
    load_documents,
    render,
    render_template,
)
from modules.quick_setup.names import Place

REMEDIATION_KEY = "remediation"


@dataclass(frozen=True, kw_only=True)
class RunbookSpec:
    """One document; `path` is relative to the stack. With `variables`, `text` is a template.

    Each variable stands in the template as JSON, the way `jsonencode()` writes it.
    """

    key: str
    name: str
    target_type: str | None
    path: str
    text: str = field(repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)


def node_runbooks(policy: PatchPolicy) -> tuple[RunbookSpec, ...]:
    """The documents of every region whose nodes the policy patches."""
    return tuple(
        _runbook(policy, document, _text(key))
        for key, document in load_documents().items()
        if key != REMEDIATION_KEY
    )


def refresh_runbook(policy: PatchPolicy, place: Place, patch_baselines: str) -> RunbookSpec:
    """The document of the hourly refresh. Its defaults say what to refresh, and from what.

    An association cannot: a parameter that it passes holds 512 characters at most, and the chosen
    baselines take more. `patch_baselines` is the JSON text of the selection.
    """
    document = load_documents()[REMEDIATION_KEY]
    role = names.remediation_role(policy.configuration_id)
    return _runbook(
        policy,
        document,
        _text(REMEDIATION_KEY),
        {
            "automation_assume_role": names.role_arn(place, role),
            "bucket_name": names.baseline_bucket(place.account, policy.configuration_id),
            "lambda_function_arn": names.baseline_function_arn(place, policy.configuration_id),
            "patch_baselines": patch_baselines,
        },
    )


def _runbook(
    policy: PatchPolicy,
    document: AutomationDocument,
    text: str,
    variables: Mapping[str, str] | None = None,
) -> RunbookSpec:
    ending = "json.tftpl" if variables else "json"
    return RunbookSpec(
        key=document.key,
        name=document.name(policy.configuration_id, policy.document_name_prefix),
        target_type=document.target_type,
        path=f"documents/{document.key}.{ending}",
        text=text,
        variables=variables or {},
    )


@cache
def _text(key: str) -> str:
    document = load_documents()[key]
    return render_template(document) if document.placeholders else render(document)
