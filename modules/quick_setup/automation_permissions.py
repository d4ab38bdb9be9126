"""The role of the attach and name-tag runbooks: who assumes it, and what it may do.

Quick Setup's own role may also create the default role and its instance profile, as its runbooks do
that. Here Terraform does, so those rights are gone, and the others name their resources. What is
granted beyond Quick Setup's role is told, with its reason, in docs/differences.md.
"""

from __future__ import annotations

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.execution_permissions import execution_statements
from modules.quick_setup.iam import InlinePolicy, RoleSpec, Statement
from modules.quick_setup.name_tag_permissions import name_tag_statements, only_tag_keys
from modules.quick_setup.names import Place


def automation_role(policy: PatchPolicy, place: Place) -> RoleSpec:
    """The role of the attach and name-tag runbooks in one region."""
    name = names.automation_role(policy.configuration_id, place.region)
    suffix = f"{place.region}-{policy.configuration_id}"
    return RoleSpec(
        name=name,
        description="Runs the attach and name-tag runbooks of a patch policy",
        trust=(automation_trust(place),),
        inline_policies=(
            InlinePolicy(
                purpose="InstanceRoles",
                name=f"AWS-QuickSetup-AutomationPolicy-IAM-{suffix}",
                statements=(
                    *_instance_role_statements(policy, place),
                    *_instance_profile_statements(place),
                    *execution_statements(policy, place, name),
                ),
            ),
            InlinePolicy(
                purpose="NameTags",
                name=f"AWS-QuickSetup-AutomationPolicy-NameTag-{suffix}",
                statements=name_tag_statements(policy, place),
            ),
        ),
    )


def automation_trust(place: Place) -> Statement:
    """Systems Manager, for executions of this account in this region only."""
    executions = names.arn(
        place,
        "ssm",
        "automation-execution/*",  # an execution's ID is made when it starts
        region=place.region,
        account=place.account,
    )
    return Statement(
        sid="Automation",
        principals={"Service": "ssm.amazonaws.com"},
        actions=("sts:AssumeRole",),
        conditions={
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": executions},
        },
    )


def _instance_role_statements(policy: PatchPolicy, place: Place) -> tuple[Statement, ...]:
    default_role = names.role_arn(place, names.DEFAULT_ROLE)
    any_role = names.role_arn(place, "*")  # a node may have any role, under any path
    roles = any_role if policy.instance_roles.attach_policies_to_existing else default_role
    own_roles = names.role_arn(
        place, "AWS-QuickSetup-AutomationRole-*"
    )  # of every region and policy
    tag_keys = (
        names.role_tag_key(policy.configuration_id),
        names.attached_tag_key(policy.configuration_id),
    )
    return (
        Statement(
            sid="NeverWidenAutomationRoles",
            effect="Deny",
            actions=("iam:AttachRolePolicy", "iam:TagRole"),
            resources=(own_roles,),
        ),
        Statement(
            sid="ReadInstanceRoles",
            actions=("iam:GetRole", "iam:ListAttachedRolePolicies"),
            resources=(roles,),
        ),
        Statement(
            sid="AttachNodePolicies",
            actions=("iam:AttachRolePolicy",),
            resources=(roles,),
            conditions={
                "ArnEquals": {
                    "iam:PolicyARN": (
                        names.managed_instance_core_arn(place),
                        names.baseline_policy_arn(place),
                    )
                }
            },
        ),
        Statement(
            sid="TagInstanceRoles",
            actions=("iam:TagRole",),
            resources=(roles,),
            conditions=only_tag_keys("StringEquals", *tag_keys),
        ),
    )


def _instance_profile_statements(place: Place) -> tuple[Statement, ...]:
    default_role = names.role_arn(place, names.DEFAULT_ROLE)
    default_profile = names.arn(
        place, "iam", f"instance-profile/{names.DEFAULT_ROLE}", account=place.account
    )
    return (
        Statement(
            sid="ReadNodes",
            actions=(
                "ec2:DescribeIamInstanceProfileAssociations",
                "ec2:DescribeInstances",
                "ssm:DescribeInstanceInformation",
            ),
            resources=("*",),  # none of these knows resources
        ),
        Statement(
            sid="ReadInstanceProfiles",
            actions=("iam:GetInstanceProfile",),
            # a node may have any profile, under any path
            resources=(names.arn(place, "iam", "instance-profile/*", account=place.account),),
        ),
        Statement(
            sid="FindDefaultProfile",
            actions=("iam:ListInstanceProfilesForRole",),
            resources=(default_role,),
        ),
        Statement(
            sid="AssociateDefaultProfile",
            actions=("ec2:AssociateIamInstanceProfile",),
            resources=(names.in_region(place, "ec2", "instance/*"),),  # the policy's targets change
            conditions={"ArnEquals": {"ec2:NewInstanceProfile": default_profile}},
        ),
        Statement(
            sid="PassDefaultRoleToInstances",
            actions=("iam:PassRole",),
            resources=(default_role,),
            conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        Statement(
            sid="PassDefaultRoleToHybridNodes",
            actions=("iam:PassRole",),
            resources=(default_role,),
            conditions={"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        ),
        Statement(
            sid="GiveHybridNodesDefaultRole",
            actions=("ssm:UpdateManagedInstanceRole",),
            resources=(
                default_role,
                names.in_region(place, "ssm", "managed-instance/*"),  # as above
            ),
        ),
    )
