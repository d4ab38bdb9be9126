"""Every physical name of a patch policy, once.

They are Quick Setup's own names, as the baseline bucket's policy, AWS's managed policies and the
node's patching code match on their prefixes. `account`, `partition` and `region` are plain strings:
an account ID, or a Terraform reference to it where the ID is known only at plan time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

DEFAULT_ROLE = "AmazonSSMRoleForInstancesQuickSetup"
BASELINE_POLICY = "aws-quicksetup-patchpolicy-baselineoverrides-s3"
BASELINE_POLICY_PATH = "/ssm/quicksetup/patchpolicy/"
OVERRIDES_KEY = "baseline_overrides.json"
BUCKET_PREFIX = "aws-quicksetup-patchpolicy-"
ATTACH_TO_EC2_NODE = "CreateAndAttachIAMToEc2Node"
ATTACH_TO_HYBRID_NODE = "CreateAndAttachIAMToHybridNode"
ADD_OR_REMOVE_TAG = "AddOrRemoveTag-PatchPolicy"
NAME_TAG_REMEDIATION = "NameTagRemediation"
REMEDIATION = "Remediation-AutomationDocument"
REMEDIATION_PREFIX = "QuickSetup"
INSTANCE_ROLE_STACK = "patch-policy-instance-role"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where names are made: an account, its partition, and a region."""

    account: str
    partition: str
    region: str


def stack(configuration_id: str, region: str) -> str:
    """The stack of a policy in a region; also its HCP Terraform workspace."""
    return f"patch-policy-{configuration_id}-{region}"


def role_tag_key(configuration_id: str) -> str:
    """The tag on an instance role that lets it read the overrides; its value is the ID."""
    return f"QSConfigId-{configuration_id}"


def attached_tag_key(configuration_id: str) -> str:
    """The tag on a role that lists the policies which the attach runbooks added to it."""
    return f"QSConfigAttached-{configuration_id}"


def name_tag_key(configuration_id: str) -> str:
    """The tag on a node that says which policy it is under; its value is the policy's name."""
    return f"QSConfigName-{configuration_id}"


def baseline_bucket(account: str, configuration_id: str) -> str:
    """The bucket of the baseline overrides."""
    return f"{BUCKET_PREFIX}{account}-{configuration_id}"


def access_log_bucket(account: str, configuration_id: str) -> str:
    """The bucket of that bucket's access log."""
    return f"{BUCKET_PREFIX}access-log-{account}-{configuration_id}"


def overrides_url(account: str, configuration_id: str) -> str:
    """The `BaselineOverride` that nodes are given."""
    return f"s3://{baseline_bucket(account, configuration_id)}/{OVERRIDES_KEY}"


def baseline_function(configuration_id: str) -> str:
    """The Lambda function that copies the chosen patch baselines into the bucket."""
    short_hash = hashlib.sha256(configuration_id.encode()).hexdigest()[:4]
    return f"baseline-overrides-{short_hash}-{configuration_id}"


def baseline_function_log_group(configuration_id: str) -> str:
    """That function's log group: the name which Lambda itself writes to."""
    return f"/aws/lambda/{baseline_function(configuration_id)}"


def baseline_function_role(configuration_id: str) -> str:
    """That function's role."""
    return f"AWS-QuickSetup-BaselineOverrides-LambdaRole-{configuration_id}"


def remediation_role(configuration_id: str) -> str:
    """The role of the hourly refresh."""
    return f"AWS-QuickSetup-Remediation-AutomationRole-{configuration_id}"


def automation_role(configuration_id: str, region: str) -> str:
    """The role of the attach and name-tag runbooks in a region."""
    return f"AWS-QuickSetup-AutomationRole-{region}-{configuration_id}"


def explorer_role(configuration_id: str, region: str) -> str:
    """The role that AWS-EnableExplorer runs as in a region."""
    return f"AWS-QuickSetup-EnableExplorer-{region}-{configuration_id}"


def association(purpose: str, configuration_id: str) -> str:
    """A State Manager association; `purpose` is for example `NameTagRemediation`."""
    return f"AWS-QuickSetup-PatchPolicy-{purpose}-{configuration_id}"


def document(purpose: str, configuration_id: str, prefix: str) -> str:
    """An Automation document; `purpose` is for example `NameTagRemediation`."""
    return f"{prefix}-{purpose}-{configuration_id}"


def remediation_document(configuration_id: str) -> str:
    """The Automation document of the hourly refresh: its prefix is not the policy's to choose."""
    return document(REMEDIATION, configuration_id, REMEDIATION_PREFIX)


def arn(place: Place, service: str, resource: str, *, region: str = "", account: str = "") -> str:
    """An ARN in the place's partition; without region and account where the service has none."""
    return f"arn:{place.partition}:{service}:{region}:{account}:{resource}"


def in_region(place: Place, service: str, resource: str) -> str:
    """The ARN of something of this account in this region."""
    return arn(place, service, resource, region=place.region, account=place.account)


def role_arn(place: Place, role: str) -> str:
    """A role's ARN; the project's roles all have the path `/`."""
    return arn(place, "iam", f"role/{role}", account=place.account)


def baseline_policy_arn(place: Place) -> str:
    """The customer-managed policy that lets instance roles read baseline overrides."""
    resource = f"policy{BASELINE_POLICY_PATH}{BASELINE_POLICY}"
    return arn(place, "iam", resource, account=place.account)


def managed_instance_core_arn(place: Place) -> str:
    """AWS's managed policy that makes an instance a managed node."""
    return arn(place, "iam", "policy/AmazonSSMManagedInstanceCore", account="aws")


def baseline_function_arn(place: Place, configuration_id: str) -> str:
    """The Lambda function's ARN."""
    return in_region(place, "lambda", f"function:{baseline_function(configuration_id)}")


def bucket_arn(place: Place, bucket: str) -> str:
    """A bucket's ARN."""
    return arn(place, "s3", bucket)


def object_arn(place: Place, bucket: str, key: str) -> str:
    """The ARN of an object, or of all objects where the key is `*`."""
    return arn(place, "s3", f"{bucket}/{key}")
