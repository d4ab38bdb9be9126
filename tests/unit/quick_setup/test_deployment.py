"""Which stacks a set of policies becomes."""

from __future__ import annotations

from itertools import permutations

from modules.policy.model import PatchPolicy
from modules.quick_setup.deployment import plan_deployment
from tests.unit.quick_setup.sample import policy

NO_ROLE = {"manage_default_role": False}


def planned(*policies: PatchPolicy) -> list[tuple[str, bool, bool]]:
    stacks = plan_deployment(policies).stacks
    return [(stack.region, stack.has_baseline_store, stack.has_nodes) for stack in stacks]


def test_one_region_is_one_stack_with_store_and_nodes() -> None:
    assert planned(policy()) == [("ap-northeast-1", True, True)]


def test_the_home_region_comes_first_and_alone_has_the_store() -> None:
    regions = ["eu-west-1", "ap-northeast-1", "us-east-1"]
    assert planned(policy(regions=regions)) == [
        ("ap-northeast-1", True, True),
        ("eu-west-1", False, True),
        ("us-east-1", False, True),
    ]


def test_a_home_region_that_is_not_patched_has_the_store_alone() -> None:
    assert planned(policy(regions=["eu-west-1"])) == [
        ("ap-northeast-1", True, False),
        ("eu-west-1", False, True),
    ]


def test_who_reads_another_accounts_overrides_has_no_store() -> None:
    store = {"account": "111122223333"}
    assert planned(policy(baseline_store=store)) == [("ap-northeast-1", False, True)]
    assert planned(policy(baseline_store=store, regions=["eu-west-1"])) == [
        ("eu-west-1", False, True)
    ]


def test_the_role_stack_comes_first_where_some_policy_manages_the_role() -> None:
    managed = policy(configuration_id="mine1")
    unmanaged = policy(configuration_id="other", instance_roles=NO_ROLE)
    assert plan_deployment([managed, unmanaged]).stack_names == (
        "patch-policy-instance-role",
        "patch-policy-mine1-ap-northeast-1",
        "patch-policy-other-ap-northeast-1",
    )
    assert plan_deployment([unmanaged]).stack_names == ("patch-policy-other-ap-northeast-1",)


def test_the_order_of_the_files_changes_nothing() -> None:
    policies = [
        policy(configuration_id="aaaa1", home_region="us-east-1", tags={"A": "1", "B": "2"}),
        policy(configuration_id="bbbb2", regions=["us-east-1", "eu-west-1"], tags={"A": "1"}),
        policy(configuration_id="cccc3", instance_roles={"other_configuration_ids": ["zzzz9"]}),
    ]
    plans = [plan_deployment(order) for order in permutations(policies)]
    assert all(plan == plans[0] for plan in plans)


def test_stack_names_are_unique() -> None:
    regions = ["ap-northeast-1", "ap-northeast-2"]
    policies = [policy(configuration_id=each, regions=regions) for each in ("aaaa1", "aaaa12")]
    stacks = plan_deployment(policies).stack_names
    assert len(set(stacks)) == len(stacks) == 5
