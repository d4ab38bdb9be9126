"""The baseline bucket and its access-log bucket: lifecycle, and who may do what.

Nodes read the overrides with their instance role. The Deny for everybody whose role lacks the tag
`QSConfigId-<id>` is Quick Setup's own, and it holds for administrators and for the Lambda as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from modules.policy.model import Organization, PatchPolicy, Sharing
from modules.quick_setup import names
from modules.quick_setup.iam import Conditions, Statement
from modules.quick_setup.names import Place


@dataclass(frozen=True, kw_only=True)
class LifecycleRule:
    """What becomes of objects below a prefix, in days; None is never."""

    id: str
    prefix: str
    noncurrent_expiration_days: int | None = None
    glacier_instant_retrieval_days: int | None = None
    expiration_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class BucketSpec:
    """A bucket of ours: private, encrypted, versioned; emptied when it is destroyed."""

    name: str
    lifecycle: LifecycleRule
    policy: tuple[Statement, ...]


def baseline_bucket(policy: PatchPolicy, place: Place) -> BucketSpec:
    """The bucket of the overrides; old versions of them are kept for 90 days."""
    return BucketSpec(
        name=names.baseline_bucket(place.account, policy.configuration_id),
        lifecycle=LifecycleRule(
            id="DeleteVersionsOlderThan90Days",
            prefix=names.OVERRIDES_KEY,
            noncurrent_expiration_days=90,
        ),
        policy=_baseline_bucket_policy(policy, place),
    )


def access_log_bucket(policy: PatchPolicy, place: Place) -> BucketSpec:
    """The bucket of its access log; entries are kept for ten years, as Quick Setup keeps them."""
    return BucketSpec(
        name=names.access_log_bucket(place.account, policy.configuration_id),
        lifecycle=LifecycleRule(
            id="MoveToGlacierAfter90Days_DeleteAfter10Years",
            prefix="",
            glacier_instant_retrieval_days=90,
            expiration_days=3653,
        ),
        policy=_access_log_bucket_policy(policy, place),
    )


def _baseline_bucket_policy(policy: PatchPolicy, place: Place) -> tuple[Statement, ...]:
    # TLS only; the overrides for tagged roles only, of this account or of the organization.
    bucket = names.baseline_bucket(place.account, policy.configuration_id)
    overrides = names.object_arn(place, bucket, names.OVERRIDES_KEY)
    tag = f"aws:PrincipalTag/{names.role_tag_key(policy.configuration_id)}"
    return (
        _deny_insecure_transport(place, bucket),
        Statement(
            sid="DenyAllButPrincipalsWithTag",
            effect="Deny",
            principals={"AWS": "*"},
            actions=("s3:GetObject",),
            resources=(overrides,),
            conditions={"StringNotEquals": {tag: policy.configuration_id}},
        ),
        _allow_readers(policy, place, overrides),
    )


def _access_log_bucket_policy(policy: PatchPolicy, place: Place) -> tuple[Statement, ...]:
    # TLS only; S3's log delivery may write what concerns the baseline bucket.
    bucket = names.access_log_bucket(place.account, policy.configuration_id)
    source = names.baseline_bucket(place.account, policy.configuration_id)
    return (
        _deny_insecure_transport(place, bucket),
        Statement(
            sid="AllowServerAccessLogs",
            principals={"Service": "logging.s3.amazonaws.com"},
            actions=("s3:PutObject",),
            resources=(names.object_arn(place, bucket, "*"),),  # S3 names the entries itself
            conditions={
                "ArnLike": {"aws:SourceArn": names.bucket_arn(place, source)},
                "StringEquals": {"aws:SourceAccount": place.account},
            },
        ),
    )


def _deny_insecure_transport(place: Place, bucket: str) -> Statement:
    return Statement(
        sid="DenyInsecureTransport",
        effect="Deny",
        principals={"AWS": "*"},
        actions=("s3:*",),  # whatever it is, it is not done in the clear
        resources=(names.bucket_arn(place, bucket), names.object_arn(place, bucket, "*")),
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def _allow_readers(policy: PatchPolicy, place: Place, overrides: str) -> Statement:
    if policy.sharing is Sharing.LOCAL or policy.organization is None:
        root = names.arn(place, "iam", "root", account=place.account)
        return _allow_read(overrides, {"AWS": root}, {})
    conditions = _organization_conditions(policy.sharing, policy.organization)
    return _allow_read(overrides, {"AWS": "*"}, conditions)  # everybody whom these let through


def _allow_read(overrides: str, principals: dict[str, str], conditions: Conditions) -> Statement:
    return Statement(
        sid="Target",
        principals=principals,
        actions=("s3:GetObject",),
        resources=(overrides,),
        conditions=conditions,
    )


def _organization_conditions(sharing: Sharing, organization: Organization) -> Conditions:
    units = organization.units
    whole = sharing is Sharing.ENTIRE_ORG or any(unit.startswith("r-") for unit in units)
    if whole:  # a root holds the entire organization
        return {"StringEquals": {"aws:PrincipalOrgID": organization.id}}
    paths = tuple(f"{organization.id}/*/{unit}/*" for unit in units)
    return {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": paths}}
