"""The operations that are answered here; moto answers all others of its services."""

from __future__ import annotations

from collections.abc import Mapping

from modules.local_aws import (
    association_operations,
    baselines,
    bucket_policies,
    documents,
    instance_tags,
    inventory,
    lambda_functions,
    managed_nodes,
    node_queries,
    object_deletion,
    role_quotas,
    roles,
    service_settings,
    tags,
)
from modules.local_aws.automation import operations as automation
from modules.local_aws.call import Operation
from modules.local_aws.patching import operations as patching
from modules.local_aws.state_manager import operations as state_manager

OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "ec2": instance_tags.OPERATIONS,
    "iam": {**role_quotas.OPERATIONS, **roles.IAM_OPERATIONS},
    "lambda": lambda_functions.OPERATIONS,
    **node_queries.OPERATIONS,
    "s3": {**bucket_policies.OPERATIONS, **object_deletion.OPERATIONS},
    "ssm": {
        **association_operations.OPERATIONS,
        **automation.OPERATIONS,
        **baselines.OPERATIONS,
        **documents.OPERATIONS,
        **inventory.OPERATIONS,
        **managed_nodes.OPERATIONS,
        **patching.OPERATIONS,
        **service_settings.OPERATIONS,
        **state_manager.OPERATIONS,
        **tags.OPERATIONS,
    },
    "sts": roles.OPERATIONS,
}

# These take the lock themselves, for as long as they need it: a function calls back while it runs,
# and so do the steps of an execution that another one starts.
UNLOCKED = frozenset({"lambda.Invoke", "ssm.StartAutomationExecution"})


def find_operation(service: str, operation: str) -> Operation | None:
    """The operation of ours, or None where it is moto's."""
    return OPERATIONS.get(service, {}).get(operation)
