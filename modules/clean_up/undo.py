"""Undoing one trace. Repeatable: what is gone already is no error."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from modules.clean_up.traces import (
    NameTags,
    PolicyBearers,
    ProfileAssociations,
    RoleMarks,
    Trace,
)

if TYPE_CHECKING:
    from boto3 import Session

# DeleteTags takes up to 1,000 resources; the EC2 API guide advises smaller batches.
INSTANCES_PER_CALL = 500


def undo(trace: Trace, session: Session) -> None:
    """Remove the trace; raises botocore's ClientError where AWS refuses."""
    match trace:
        case NameTags():
            _remove_name_tags(trace, session)
        case RoleMarks():
            _unmark_role(trace, session)
        case ProfileAssociations():
            _release_instances(trace, session)
        case PolicyBearers():
            for role in trace.roles:
                _detach(role, trace.policy_arn, session)


def _remove_name_tags(trace: NameTags, session: Session) -> None:
    ec2 = session.client("ec2", region_name=trace.region)
    for start in range(0, len(trace.instances), INSTANCES_PER_CALL):
        batch = trace.instances[start : start + INSTANCES_PER_CALL]
        ec2.delete_tags(Resources=list(batch), Tags=[{"Key": trace.tag_key}])
    ssm = session.client("ssm", region_name=trace.region)
    for node in trace.hybrid_nodes:
        ssm.remove_tags_from_resource(
            ResourceType="ManagedInstance", ResourceId=node, TagKeys=[trace.tag_key]
        )


def _unmark_role(trace: RoleMarks, session: Session) -> None:
    for policy in trace.policies:
        _detach(trace.role, policy, session)
    iam = session.client("iam")
    if trace.heir and trace.inherited:
        iam.tag_role(RoleName=trace.role, Tags=[{"Key": trace.heir, "Value": trace.inherited}])
    # Last: until here, a clean-up that was interrupted finds the role again.
    iam.untag_role(RoleName=trace.role, TagKeys=list(trace.tag_keys))


def _detach(role: str, policy_arn: str, session: Session) -> None:
    iam = session.client("iam")
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.detach_role_policy(RoleName=role, PolicyArn=policy_arn)


def _release_instances(trace: ProfileAssociations, session: Session) -> None:
    ec2 = session.client("ec2", region_name=trace.region)
    for association in trace.association_ids:
        ec2.disassociate_iam_instance_profile(AssociationId=association)
