"""Every physical name fits AWS's limits, for the longest IDs in the longest regions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import botocore.session
import pytest

from modules.policy.schema import policy_schema
from modules.quick_setup import names
from modules.quick_setup.associations import node_associations, refresh_association
from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.baseline_function import baseline_function
from modules.quick_setup.buckets import access_log_bucket, baseline_bucket
from modules.quick_setup.names import Place
from modules.quick_setup.permissions import explorer_role, remediation_role
from modules.quick_setup.runbooks import node_runbooks, refresh_runbook
from tests.unit.quick_setup.sample import ACCOUNT, policy

LONGEST_ID = "z" * 10
LONGEST_PREFIX = "P" * policy_schema()["properties"]["document_name_prefix"]["maxLength"]
# Bucket naming rules of S3; IAM and STS quotas; CreateFunction, CreateLogGroup, CreateDocument and
# CreateAssociation in their services' API references; workspace names of HCP Terraform.
RULES = {
    "bucket": r"(?!xn--|sthree-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "role": r"[\w+=,.@-]{1,64}",
    "inline policy": r"[\w+=,.@-]{1,128}",
    "function": r"[A-Za-z0-9_-]{1,64}",
    "log group": r"[.\-_/#A-Za-z0-9]{1,512}",
    "document": r"[a-zA-Z0-9_\-.]{3,128}",
    "association": r"[a-zA-Z0-9_\-.]{3,128}",
    "stack": r"[A-Za-z0-9_-]{1,90}",
}


def regions() -> list[str]:
    """Every region of every partition that botocore knows."""
    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return sorted({r for p in partitions for r in session.get_available_regions("ssm", p)})


def all_names(region: str) -> Iterator[tuple[str, str]]:
    chosen = policy(
        configuration_id=LONGEST_ID,
        home_region=region,
        operation="ScanAndInstall",
        document_name_prefix=LONGEST_PREFIX,
    )
    place = Place(account=ACCOUNT, partition="aws", region=region)
    function = baseline_function(chosen, place)
    yield "stack", names.stack(LONGEST_ID, region)
    yield "function", function.name
    yield "log group", function.log_group
    for bucket in (baseline_bucket(chosen, place), access_log_bucket(chosen, place)):
        yield "bucket", bucket.name
    for role in (
        automation_role(chosen, place),
        explorer_role(chosen, place),
        remediation_role(chosen, place),
        function.role,
    ):
        yield "role", role.name
        yield from (("inline policy", each.name) for each in role.inline_policies)
    for runbook in (*node_runbooks(chosen), refresh_runbook(chosen, place, "{}")):
        yield "document", runbook.name
    for association in (*node_associations(chosen, place), refresh_association(chosen)):
        yield "association", association.association_name


@pytest.mark.parametrize("region", regions())
def test_names_keep_to_the_rules_of_their_services(region: str) -> None:
    found = list(all_names(region))
    assert {kind for kind, _ in found} == RULES.keys()
    assert [(kind, name) for kind, name in found if not re.fullmatch(RULES[kind], name)] == []


def test_two_configurations_share_no_name() -> None:
    def of(configuration_id: str) -> set[str]:
        chosen = policy(configuration_id=configuration_id)
        place = Place(account=ACCOUNT, partition="aws", region="eu-west-1")
        specs = (*node_associations(chosen, place), refresh_association(chosen))
        return {
            names.baseline_bucket(ACCOUNT, configuration_id),
            names.access_log_bucket(ACCOUNT, configuration_id),
            *(spec.association_name for spec in specs),
            *(runbook.name for runbook in node_runbooks(chosen)),
            automation_role(chosen, place).name,
            baseline_function(chosen, place).name,
        }

    assert of("a1b2c").isdisjoint(of("b2c3d"))


def test_the_functions_short_hash_depends_on_the_id_alone() -> None:
    assert names.baseline_function("a1b2c") == "baseline-overrides-e748-a1b2c"
