"""What no other rule speaks of: nothing that changes goes unmentioned."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from modules.review.change_list import differences
from modules.review.cosmetics import changed_attributes, cosmetic_kind
from modules.review.facts import Facts
from modules.review.model.association import TYPE as ASSOCIATION
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, RunsOnApply, Severity
from modules.review.rules.findings import resource_finding

_KNOWN = frozenset(
    {
        ASSOCIATION,
        "aws_ssm_document",
        "aws_ssm_patch_baseline",
        "aws_cloudwatch_log_group",
        "aws_iam_instance_profile",
        "aws_iam_policy",
        "aws_iam_policy_attachment",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_lambda_function",
        "aws_lambda_invocation",
        "aws_lambda_permission",
        "aws_s3_bucket",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_logging",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "null_resource",
        "terraform_data",
        "time_sleep",
    }
)
# Attributes that rules about associations speak of.
_SPOKEN_OF = frozenset(
    {
        "apply_only_at_cron_interval",
        "max_concurrency",
        "max_errors",
        "parameters.BaselineOverride",
        "parameters.InstallOverrideList",
        "parameters.Operation",
        "parameters.RebootOption",
        "schedule_expression",
        "targets",
    }
)
_VERBS = {
    Action.CREATE: "created",
    Action.UPDATE: "changed",
    Action.REPLACE: "replaced",
    Action.DELETE: "destroyed",
}


def check(facts: Facts, spoken_of: Collection[str]) -> Iterator[Finding]:
    """Findings about changed resources whose address no finding names yet."""
    said = {*spoken_of, *(each.change.address for each in facts.documents)}
    associations = {each.change.address for each in facts.associations}
    associations |= {each.before_address for each in facts.associations}
    yield from _unlisted(facts, spoken_of)
    for change in facts.plan.changes:
        if change.action is Action.FORGET:
            yield resource_finding(
                "resource-forgotten",
                Severity.WARNING,
                change,
                "Terraform stops managing it; it stays in AWS, and does what it did.",
            )
        elif change.is_change and change.address not in said:
            if change.address in associations and change.action is not Action.UPDATE:
                continue  # made, or paired with the one that is: said where it matters
            if cosmetic_kind(change) is None:
                yield from _rest(change)


def _unlisted(facts: Facts, spoken_of: Collection[str]) -> Iterator[Finding]:
    """Attributes of associations that are spoken of, but not of these attributes."""
    for change in facts.associations:
        listed = change.is_new or change.runs is not RunsOnApply.NO
        rest = [name for name in change.attributes if name not in _SPOKEN_OF]
        if change.change.address in spoken_of and rest and not listed:
            yield resource_finding(
                "resource-changed",
                Severity.NOTICE,
                change.change,
                f"{change.change.type} changes: {', '.join(rest)}.",
                *(each for each in change.differences if each.partition(":")[0] in rest),
            )


def _rest(change: ResourceChange) -> Iterator[Finding]:
    names = ", ".join(changed_attributes(change))
    if change.type not in _KNOWN:
        destroys = change.action in (Action.DELETE, Action.REPLACE)
        what = f": {names}" if change.action is Action.UPDATE else ""
        yield resource_finding(
            "unreviewed-change",
            Severity.WARNING if destroys else Severity.NOTICE,
            change,
            f"{change.type} is {_VERBS[change.action]}{what}. This review knows nothing of this"
            " type: read it in the plan.",
            *differences(change),
        )
    elif change.action is Action.DELETE:
        yield resource_finding(
            "resource-destroyed", Severity.NOTICE, change, f"{change.type} is destroyed."
        )
    elif change.action is Action.REPLACE:
        why = ", ".join(change.replace_paths)
        yield resource_finding(
            "resource-replaced",
            Severity.NOTICE,
            change,
            f"{change.type} is replaced{f' for {why}' if why else ''}.",
        )
    elif change.action is Action.UPDATE:
        yield resource_finding(
            "resource-changed",
            Severity.NOTICE,
            change,
            f"{change.type} changes: {names}.",
            *differences(change),
        )
