"""The eight State Manager associations of a patch policy, as frozen values.

Documents, parameters, targets and schedules are those of Quick Setup's own template (SSM document
`AWSQuickSetupType-PatchPolicy-CFN-TA`), so that nodes, compliance reports and the console see the
same patch policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modules.policy.model import CommandOutput, Operation, PatchPolicy, Schedule
from modules.quick_setup import names
from modules.quick_setup.names import Place
from modules.quick_setup.targets import (
    Target,
    automation_target,
    command_target,
    remediation_target,
)

HOURLY = "cron(0 0/1 * * ? *)"
DAILY = "rate(1 day)"


@dataclass(frozen=True, kw_only=True)
class AssociationSpec:
    """One association; what is None or empty is not sent to State Manager.

    `replaced_on_change` marks those that the provider cannot update rightly: it does not repeat
    SyncCompliance in an update, which clears it, and it sends back the placeholder target that
    AWS reports for an association without targets, which AWS then refuses
    (hashicorp/terraform-provider-aws#41251).
    """

    purpose: str
    association_name: str
    document: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    schedule_expression: str | None = None
    apply_only_at_cron_interval: bool | None = None
    automation_target_parameter_name: str | None = None
    targets: tuple[Target, ...] = ()
    sync_compliance: str | None = None
    max_concurrency: str | None = None
    max_errors: str | None = None
    output: CommandOutput | None = None
    replaced_on_change: bool = False


def node_associations(policy: PatchPolicy, place: Place) -> tuple[AssociationSpec, ...]:
    """The associations of every region whose nodes the policy patches, in Quick Setup's order."""
    explorer = (_enable_explorer(policy, place),) if policy.explorer else ()
    install = (
        (_patch(policy, place, "InstallPatches", "Install", policy.install),)
        if policy.operation is Operation.SCAN_AND_INSTALL
        else ()
    )
    return (
        _attach_to_ec2_instance(policy, place),
        _attach_to_hybrid_instance(policy, place),
        _add_name_tag(policy, place),
        _remove_stale_name_tags(policy, place),
        *explorer,
        _patch(policy, place, "ScanForPatches", "Scan", policy.scan),
        *install,
    )


def refresh_association(policy: PatchPolicy) -> AssociationSpec:
    """The hourly copy of the baselines into the bucket; the document's defaults say which."""
    return AssociationSpec(
        purpose="BaselineRemediation",
        association_name=names.association("BaselineRemediation", policy.configuration_id),
        document=names.remediation_document(policy.configuration_id),
        schedule_expression=HOURLY,
        apply_only_at_cron_interval=True,
        replaced_on_change=True,
    )


def _attach_to_ec2_instance(policy: PatchPolicy, place: Place) -> AssociationSpec:
    return _for_each_node(
        policy,
        "AttachIAMToEc2Instance",
        names.ATTACH_TO_EC2_NODE,
        _attach_parameters(policy, place),
    )


def _attach_to_hybrid_instance(policy: PatchPolicy, place: Place) -> AssociationSpec:
    parameters = _attach_parameters(policy, place) | {"Region": place.region}
    return _for_each_node(
        policy, "AttachIAMToHybridInstance", names.ATTACH_TO_HYBRID_NODE, parameters
    )


def _attach_parameters(policy: PatchPolicy, place: Place) -> dict[str, str]:
    allowed = policy.instance_roles.attach_policies_to_existing
    return {
        "AutomationAssumeRole": _automation_role_arn(policy, place),
        "AwsAccountId": place.account,
        "IsPolicyAttachAllowed": "true" if allowed else "false",
        "QSConfigurationId": policy.configuration_id,
    }


def _add_name_tag(policy: PatchPolicy, place: Place) -> AssociationSpec:
    parameters = {
        "AutomationAssumeRole": _automation_role_arn(policy, place),
        "QSConfigurationId": policy.configuration_id,
        "QSConfigurationName": policy.name,
        "TagAction": "Add",
    }
    if policy.exclusive_name_tag:
        parameters["ExclusiveNameTag"] = "true"
    return _for_each_node(policy, "AddRemoveNameTag", names.ADD_OR_REMOVE_TAG, parameters)


def _for_each_node(
    policy: PatchPolicy, purpose: str, document: str, parameters: Mapping[str, str]
) -> AssociationSpec:
    return AssociationSpec(
        purpose=purpose,
        association_name=names.association(purpose, policy.configuration_id),
        document=_document_name(policy, document),
        parameters=parameters,
        schedule_expression=policy.refresh,
        automation_target_parameter_name="InstanceId",
        targets=(automation_target(policy.targets),),
    )


def _remove_stale_name_tags(policy: PatchPolicy, place: Place) -> AssociationSpec:
    target = remediation_target(policy.targets)
    return AssociationSpec(
        purpose="NameTagRemediation",
        association_name=names.association("NameTagRemediation", policy.configuration_id),
        document=_document_name(policy, names.NAME_TAG_REMEDIATION),
        parameters={
            "AutomationAssumeRole": _automation_role_arn(policy, place),
            "NameKey": names.name_tag_key(policy.configuration_id),
            "NameValue": policy.name,
            "Region": place.region,
            "TargetType": target.type,
            "TargetValues": target.values,
        },
        schedule_expression=DAILY,
        replaced_on_change=True,
    )


def _enable_explorer(policy: PatchPolicy, place: Place) -> AssociationSpec:
    role = names.explorer_role(policy.configuration_id, place.region)
    return AssociationSpec(
        purpose="EnableExplorer",
        association_name=names.association("EnableExplorer", policy.configuration_id),
        document="AWS-EnableExplorer",
        parameters={
            "AutomationAssumeRole": names.role_arn(place, role),
            "OpsDataSources": "Association,EC2,ssm-patchmanager",
        },
        replaced_on_change=True,
    )


def _patch(
    policy: PatchPolicy, place: Place, purpose: str, operation: str, schedule: Schedule
) -> AssociationSpec:
    store_account = policy.baseline_store_account or place.account
    return AssociationSpec(
        purpose=purpose,
        association_name=names.association(f"{purpose}-LA", policy.configuration_id),
        document="AWS-RunPatchBaseline",
        parameters={
            "BaselineOverride": names.overrides_url(store_account, policy.configuration_id),
            "Operation": operation,
            "RebootOption": str(policy.reboot),
        },
        schedule_expression=schedule.schedule_expression,
        apply_only_at_cron_interval=schedule.wait_for_next_interval,
        targets=(command_target(policy.targets),),
        # Compliance comes from the patch run itself, not from the association's status.
        sync_compliance="MANUAL",
        max_concurrency=policy.rate_control.max_concurrency,
        max_errors=policy.rate_control.max_errors,
        output=policy.command_output,
        replaced_on_change=True,
    )


def _automation_role_arn(policy: PatchPolicy, place: Place) -> str:
    return names.role_arn(place, names.automation_role(policy.configuration_id, place.region))


def _document_name(policy: PatchPolicy, purpose: str) -> str:
    return names.document(purpose, policy.configuration_id, policy.document_name_prefix)
