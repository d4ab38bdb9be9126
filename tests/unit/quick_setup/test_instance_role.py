"""The default instance role, which all policies of an account share."""

from __future__ import annotations

from modules.local_aws.policy_evaluation import Caller, Request, Verdict, evaluate
from modules.local_aws.policy_matching import context_of
from modules.quick_setup.iam import policy_document
from modules.quick_setup.instance_role import baseline_access, default_role, instance_role
from tests.unit.quick_setup.sample import ACCOUNT, PLACE, policy


def test_there_is_none_where_no_policy_manages_it() -> None:
    assert instance_role([policy(instance_roles={"manage_default_role": False})]) is None


def test_it_is_tagged_for_every_policy_and_for_those_elsewhere() -> None:
    """A policy that does not manage the role still has nodes that bear it."""
    spec = instance_role(
        [
            policy(configuration_id="cccc3"),
            policy(configuration_id="aaaa1", instance_roles={"manage_default_role": False}),
            policy(configuration_id="bbbb2", instance_roles={"other_configuration_ids": ["zzzz9"]}),
        ]
    )
    assert spec
    assert spec.configuration_ids == ("aaaa1", "bbbb2", "cccc3", "zzzz9")
    assert default_role(spec, PLACE).tags == {
        "QSConfigId-aaaa1": "aaaa1",
        "QSConfigId-bbbb2": "bbbb2",
        "QSConfigId-cccc3": "cccc3",
        "QSConfigId-zzzz9": "zzzz9",
    }


def test_it_carries_only_the_tags_on_which_all_its_policies_agree() -> None:
    spec = instance_role(
        [
            policy(configuration_id="aaaa1", tags={"Owner": "platform", "Env": "prod", "One": "1"}),
            policy(configuration_id="bbbb2", tags={"Owner": "platform", "Env": "dev"}),
            policy(configuration_id="cccc3", instance_roles={"manage_default_role": False}),
        ]
    )
    assert spec
    assert spec.tags == {"Owner": "platform"}


def test_one_policy_that_adopts_the_role_is_enough() -> None:
    adopting = policy(configuration_id="bbbb2", instance_roles={"adopt_default_role": True})
    both = instance_role([policy(configuration_id="aaaa1"), adopting])
    alone = instance_role([policy(configuration_id="aaaa1")])
    assert both
    assert alone
    assert (both.adopt, alone.adopt) == (True, False)


def test_the_policy_is_imported_with_the_role_unless_it_is_not_there() -> None:
    def adopted(*roles: dict[str, bool]) -> bool:
        policies = [
            policy(configuration_id=f"aaaa{index}", instance_roles=each)
            for index, each in enumerate(roles)
        ]
        spec = instance_role(policies)
        assert spec
        return spec.adopt_policy

    with_it = {"adopt_default_role": True}
    assert adopted(with_it)
    assert not adopted({**with_it, "adopt_baseline_policy": False})
    assert not adopted(with_it, {**with_it, "adopt_baseline_policy": False})
    assert not adopted({})


def test_instances_and_hybrid_nodes_of_this_account_alone_may_assume_it() -> None:
    spec = instance_role([policy()])
    assert spec
    trust = policy_document(default_role(spec, PLACE).trust)

    def may_assume(service: str, source_account: str | None) -> bool:
        arn = source_account and f"arn:aws:ssm:eu-west-1:{source_account}:managed-instance/mi-1"
        keys = {"aws:SourceAccount": source_account, "aws:SourceArn": arn}
        request = Request(
            caller=Caller(service=service),
            action="sts:AssumeRole",
            resource="*",
            context=context_of(keys),
        )
        return evaluate(trust, request) is Verdict.ALLOW

    assert may_assume("ec2.amazonaws.com", None)
    assert may_assume("ssm.amazonaws.com", ACCOUNT)
    assert not may_assume("ssm.amazonaws.com", "999988887777")
    assert not may_assume("ssm.amazonaws.com", None)
    assert not may_assume("lambda.amazonaws.com", ACCOUNT)


def test_its_policy_reads_the_overrides_of_patch_policies_and_nothing_else() -> None:
    access = policy_document(baseline_access(PLACE))

    def may(action: str, resource: str) -> bool:
        request = Request(caller=Caller(account=ACCOUNT), action=action, resource=resource)
        return evaluate(access, request) is Verdict.ALLOW

    bucket = "arn:aws:s3:::aws-quicksetup-patchpolicy-111122223333-a1b2c"
    assert may("s3:GetObject", f"{bucket}/baseline_overrides.json")
    assert not may("s3:GetObject", f"{bucket}/another.json")
    assert not may("s3:PutObject", f"{bucket}/baseline_overrides.json")
    assert not may("s3:GetObject", "arn:aws:s3:::my-bucket/baseline_overrides.json")
