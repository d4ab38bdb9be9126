"""Where each drawn element stands in a module: file, name, and what a reader would ask.

Construct paths make good names in a state, `baseline_store_bucket_versioning`; people write
`aws_s3_bucket_versioning.baseline_overrides`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from modules.plain.comments import COMMENTS

INSTANCE_ROLE: Final = "instance_role"
BASELINE_STORE: Final = "baseline_store"
NODES: Final = "nodes"

# File -> section, and its elements in reading order: `<type without aws_> <drawn name> <name>`.
_FILES: Final[Mapping[str, tuple[str, str]]] = {
    "instance_role": (
        INSTANCE_ROLE,
        """
        iam_role instance_role instance
        iam_instance_profile instance_role_profile instance
        iam_policy instance_role_baseline_access baseline_access
        iam_role_policy_attachment instance_role_attach_baseline_access baseline_access
        iam_role_policy_attachment instance_role_attach_managed_instance_core managed_instance_core
        """,
    ),
    "baseline_store": (
        BASELINE_STORE,
        """
        s3_bucket baseline_store_bucket baseline_overrides
        s3_bucket_public_access_block baseline_store_bucket_public_access_block baseline_overrides
        s3_bucket_policy baseline_store_bucket_policy baseline_overrides
        s3_bucket_ownership_controls baseline_store_bucket_ownership baseline_overrides
        s3_bucket_versioning baseline_store_bucket_versioning baseline_overrides
        s3_bucket_server_side_encryption_configuration baseline_store_bucket_encryption \
            baseline_overrides
        s3_bucket_lifecycle_configuration baseline_store_bucket_lifecycle baseline_overrides
        s3_bucket_logging baseline_store_logging baseline_overrides
        """,
    ),
    "access_log": (
        BASELINE_STORE,
        """
        s3_bucket baseline_store_access_log access_log
        s3_bucket_public_access_block baseline_store_access_log_public_access_block access_log
        s3_bucket_policy baseline_store_access_log_policy access_log
        s3_bucket_ownership_controls baseline_store_access_log_ownership access_log
        s3_bucket_versioning baseline_store_access_log_versioning access_log
        s3_bucket_server_side_encryption_configuration baseline_store_access_log_encryption \
            access_log
        s3_bucket_lifecycle_configuration baseline_store_access_log_lifecycle access_log
        """,
    ),
    "baseline_function": (
        BASELINE_STORE,
        """
        lambda_function baseline_store_function baseline_overrides
        cloudwatch_log_group baseline_store_function_log_group baseline_overrides
        iam_role baseline_store_function_role baseline_overrides
        iam_role_policy baseline_store_function_role_overrides baseline_overrides
        lambda_invocation baseline_store_fill baseline_overrides
        """,
    ),
    "baseline_remediation": (
        BASELINE_STORE,
        """
        ssm_association baseline_store_baseline_remediation baseline_remediation
        terraform_data baseline_store_baseline_remediation_definition \
            baseline_remediation_definition
        ssm_document baseline_store_remediation baseline_remediation
        iam_role baseline_store_remediation_role baseline_remediation
        iam_role_policy baseline_store_remediation_role_invoke baseline_remediation
        terraform_data baseline_store_remediation_role_settled baseline_remediation_role_settled
        """,
    ),
    "automation_roles": (
        NODES,
        """
        iam_role automation_role automation
        iam_role_policy automation_role_instance_roles automation_instance_roles
        iam_role_policy automation_role_name_tags automation_name_tags
        iam_role explorer_role explorer
        iam_role_policy explorer_role_explorer explorer
        terraform_data roles_settled roles_settled
        """,
    ),
    "runbooks": (
        NODES,
        """
        ssm_document create_and_attach_iam_to_ec2_node create_and_attach_iam_to_ec2_node
        ssm_document create_and_attach_iam_to_hybrid_node create_and_attach_iam_to_hybrid_node
        ssm_document add_or_remove_tag add_or_remove_tag
        ssm_document name_tag_remediation name_tag_remediation
        """,
    ),
    "associations": (
        NODES,
        """
        ssm_association scan_for_patches scan_for_patches
        terraform_data scan_for_patches_definition scan_for_patches_definition
        ssm_association install_patches install_patches
        terraform_data install_patches_definition install_patches_definition
        ssm_association attach_iam_to_ec2_instance attach_iam_to_ec2_instance
        ssm_association attach_iam_to_hybrid_instance attach_iam_to_hybrid_instance
        ssm_association add_remove_name_tag add_remove_name_tag
        ssm_association name_tag_remediation name_tag_remediation
        terraform_data name_tag_remediation_definition name_tag_remediation_definition
        ssm_association enable_explorer enable_explorer
        terraform_data enable_explorer_definition enable_explorer_definition
        """,
    ),
}
_OTHERS: Final = {INSTANCE_ROLE: "instance_role", BASELINE_STORE: "baseline_store", NODES: "nodes"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an element stands. `name` is its name in the module, `order` its place in the file."""

    file: str
    section: str
    type: str
    name: str
    order: int
    comment: str | None = None

    @property
    def address(self) -> str:
        """`aws_iam_role.instance`."""
        return f"{self.type}.{self.name}"


def place_of(type_: str, drawn: str, *, is_role: bool) -> Place:
    """The place of a drawn resource. One that is not listed keeps its name, and comes last."""
    known = places().get(f"{type_}.{drawn}")
    if known is not None:
        return known
    in_store = BASELINE_STORE if drawn.startswith("baseline_store_") else NODES
    section = INSTANCE_ROLE if is_role else in_store
    return Place(file=_OTHERS[section], section=section, type=type_, name=drawn, order=1000)


@cache
def places() -> Mapping[str, Place]:
    """The listed places, by the address that CDKTF's stacks have."""
    return dict(_places())


def _places() -> Iterator[tuple[str, Place]]:
    order = 0
    for file, (section, lines) in _FILES.items():
        for line in filter(None, map(str.strip, lines.splitlines())):
            short, drawn, name = line.split()
            type_ = short if short == "terraform_data" else f"aws_{short}"
            order += 1
            comment = COMMENTS.get(f"{type_}.{name}")
            place = Place(
                file=file, section=section, type=type_, name=name, order=order, comment=comment
            )
            yield f"{type_}.{drawn}", place
