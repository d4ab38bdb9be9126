"""Which runbooks the automation role may start, and as whom."""

from __future__ import annotations

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.iam import Statement
from modules.quick_setup.names import Place

ATTACH_RUNBOOK = "AWS-AttachIAMToInstance"
PER_NODE = (names.ATTACH_TO_EC2_NODE, names.ATTACH_TO_HYBRID_NODE, names.ADD_OR_REMOVE_TAG)


def execution_statements(policy: PatchPolicy, place: Place, own_role: str) -> tuple[Statement, ...]:
    """Run the attach runbook, and the policy's own for each node; follow them; as `own_role`."""
    # an execution's ID is made when it starts
    executions = names.in_region(place, "ssm", "automation-execution/*")
    # AWS owns the runbook: its ARN has no account; `:*` is its version
    definition = f"automation-definition/{ATTACH_RUNBOOK}:*"
    return (
        Statement(
            sid="RunAttachRunbook",
            actions=("ssm:StartAutomationExecution",),
            # Asked for are the definition, or, of late, the document and the execution (User
            # Guide, "Setting up identity based policies examples" for Automation).
            resources=(
                names.arn(place, "ssm", definition, region=place.region),
                names.arn(place, "ssm", f"document/{ATTACH_RUNBOOK}", region=place.region),
                executions,
            ),
        ),
        # One execution a node is begun below the association's. AWS does not say as whom; Quick
        # Setup's role may, and so does its permissions boundary name these runbooks.
        Statement(
            sid="RunRunbooksOfNodes",
            actions=("ssm:StartAutomationExecution",),
            resources=tuple(
                names.in_region(place, "ssm", resource)
                for purpose in PER_NODE
                for document in [
                    names.document(purpose, policy.configuration_id, policy.document_name_prefix)
                ]
                # `:*` is the version
                for resource in (f"automation-definition/{document}:*", f"document/{document}")
            ),
        ),
        Statement(
            sid="FollowExecutions",
            actions=("ssm:GetAutomationExecution",),
            resources=(executions,),
        ),
        Statement(
            sid="PassOwnRoleToAutomation",
            actions=("iam:PassRole",),
            resources=(names.role_arn(place, own_role),),
            conditions={"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        ),
    )
