"""The example policy, from the first deployment to its removal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.policy.loader import load_policies
from modules.policy.operating_systems import OPERATING_SYSTEMS
from modules.quick_setup.associations import AssociationSpec, node_associations, refresh_association
from modules.quick_setup.names import Place
from tests.e2e.aws import ACCOUNT, REGION, ROOT
from tests.e2e.scenario_life import BUCKET, LOG_BUCKET, ROLE_STACK, STACK, Life

NO_OP_TARGET = [{"Key": "aws:NoOpAutomationTag", "Values": ["AWS-NoOpAutomationTarget-Value"]}]
PREFIX = "AWS-QuickSetup-PatchPolicy-"
SCAN, INSTALL = f"{PREFIX}ScanForPatches-LA-a1b2c", f"{PREFIX}InstallPatches-LA-a1b2c"
NAME_TAG, REFRESH = f"{PREFIX}NameTagRemediation-a1b2c", f"{PREFIX}BaselineRemediation-a1b2c"
ADD_TAG = f"{PREFIX}AddRemoveNameTag-a1b2c"


def _specs() -> dict[str, AssociationSpec]:
    (policy,) = load_policies([ROOT / "examples/patch_policy.yaml"])
    place = Place(account=ACCOUNT, partition="aws", region=REGION)
    specs = (*node_associations(policy, place), refresh_association(policy))
    return {spec.association_name: spec for spec in specs}


def _expected(spec: AssociationSpec) -> dict[str, Any]:
    targets = [{"Key": each.key, "Values": list(each.values)} for each in spec.targets]
    return {
        "Name": spec.document,
        "Parameters": {key: [value] for key, value in spec.parameters.items()},
        "ScheduleExpression": spec.schedule_expression,
        "ApplyOnlyAtCronInterval": bool(spec.apply_only_at_cron_interval),
        "AutomationTargetParameterName": spec.automation_target_parameter_name,
        "Targets": targets or NO_OP_TARGET,
        "SyncCompliance": spec.sync_compliance,
        "MaxConcurrency": spec.max_concurrency,
        "MaxErrors": spec.max_errors,
    }


def test_there_are_the_eight_associations(life: Life) -> None:
    assert set(life.deployed["associations"]) == set(_specs())


@pytest.mark.parametrize("name", sorted(_specs()))
def test_an_association_is_in_aws_what_it_is_in_the_plan(life: Life, name: str) -> None:
    expected, found = _expected(_specs()[name]), life.deployed["associations"][name]
    defaults = {"Parameters": {}, "ApplyOnlyAtCronInterval": False}
    assert expected == {key: found.get(key, defaults.get(key)) for key in expected}


def test_buckets_are_versioned_encrypted_private_and_logged(life: Life) -> None:
    for settings in life.deployed["buckets"].values():
        assert settings["versioning"] == "Enabled"
        (rule,) = settings["encryption"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        assert set(settings["public access"].values()) == {True}
        assert settings["ownership"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    buckets = life.deployed["buckets"]
    assert buckets[BUCKET]["logging"] == {"TargetBucket": LOG_BUCKET, "TargetPrefix": ""}
    assert buckets[LOG_BUCKET]["logging"] is None


def test_old_versions_of_the_overrides_expire_after_90_days(life: Life) -> None:
    (rule,) = life.deployed["buckets"][BUCKET]["lifecycle"]
    assert rule["ID"] == "DeleteVersionsOlderThan90Days"
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


def test_the_bucket_policy_has_quick_setups_three_statements(life: Life) -> None:
    statements = life.deployed["buckets"][BUCKET]["policy"]["Statement"]
    assert [each["Sid"] for each in statements] == [
        "DenyInsecureTransport",
        "DenyAllButPrincipalsWithTag",
        "Target",
    ]


def test_documents_reach_aws_byte_by_byte(life: Life) -> None:
    synthesized = life.deployed["synthesized documents"]
    plain = {name: text for name, text in life.deployed["documents"].items() if text in synthesized}
    assert len(plain) == 4
    assert len(life.deployed["documents"]) == 5


def test_the_remediation_document_knows_its_function_bucket_and_baselines(life: Life) -> None:
    text = life.deployed["documents"]["QuickSetup-Remediation-AutomationDocument-a1b2c"]
    defaults = {
        name: parameter.get("default") for name, parameter in json.loads(text)["parameters"].items()
    }
    assert BUCKET in defaults.values()
    assert set(json.loads(defaults["PatchBaselines"])) == set(OPERATING_SYSTEMS)
    assert "${" not in text


def test_the_overrides_have_one_baseline_for_each_operating_system(life: Life) -> None:
    systems = [entry["OperatingSystem"] for entry in life.overrides[0]]
    assert sorted(systems) == sorted(OPERATING_SYSTEMS)


def test_the_function_ran_once_and_wrote_its_log(life: Life) -> None:
    starts = [line for line in life.deployed["log"] if line.startswith("START ")]
    assert len(starts) == 1


def test_only_a_tagged_role_of_the_account_may_read_the_overrides(life: Life) -> None:
    answers = {name.rsplit("/", 1)[-1]: may for name, may in life.deployed["may_read"].items()}
    assert answers == {"tagged": True, "untagged": False, ACCOUNT: False, "111122223333": False}


@pytest.mark.parametrize("form", ["JSON", "HCL"])
@pytest.mark.parametrize("stack", [ROLE_STACK, STACK])
def test_a_second_plan_is_empty(life: Life, stack: str, form: str) -> None:
    assert life.plans[f"{stack} as {form}"].status == 0, str(life.plans[f"{stack} as {form}"])


CHANGES = ["scan schedule", "tags", "scan only", "install again", "name and baseline"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_plan_after_a_change_is_empty(life: Life, change: str) -> None:
    assert life.changes[change].plan.status == 0, str(life.changes[change].plan)


@pytest.mark.parametrize(
    ("change", "replaced"),
    [
        ("scan schedule", {SCAN}),
        ("tags", set[str]()),
        ("scan only", set[str]()),
        ("install again", {INSTALL}),
        ("name and baseline", {NAME_TAG}),
    ],
)
def test_a_change_makes_no_other_association_anew(
    life: Life, change: str, replaced: set[str]
) -> None:
    before, after = life.changes[change].before, life.changes[change].after
    anew = {
        name
        for name, association in after.items()
        if association["AssociationId"] != before.get(name, {}).get("AssociationId")
    }
    assert anew == replaced


def test_another_schedule_keeps_the_compliance_setting(life: Life) -> None:
    scan = life.changes["scan schedule"].after[SCAN]
    assert scan["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert scan["SyncCompliance"] == "MANUAL"


def test_scan_alone_has_no_install_association(life: Life) -> None:
    assert INSTALL not in life.changes["scan only"].after
    assert INSTALL in life.changes["install again"].after


def test_a_new_name_reaches_the_tagging_runbooks(life: Life) -> None:
    after = life.changes["name and baseline"].after
    assert after[NAME_TAG]["Parameters"]["NameValue"] == ["renamed"]
    assert after[ADD_TAG]["Parameters"]["QSConfigurationName"] == ["renamed"]


def test_a_chosen_baseline_reaches_the_overrides_and_the_runbook(life: Life) -> None:
    before, after = (
        {e["OperatingSystem"]: e["BaselineId"] for e in each} for each in life.overrides
    )
    changed = {system for system in before if before[system] != after[system]}
    assert changed == {"UBUNTU"}
    document = life.changes["name and baseline"].documents[
        "QuickSetup-Remediation-AutomationDocument-a1b2c"
    ]
    assert after["UBUNTU"] in document


def test_clean_up_lists_what_the_runbooks_left_and_changes_nothing(life: Life) -> None:
    listed = life.clean_up["listed"]
    assert listed.status == 1, str(listed)
    for trace in ("tag QSConfigName-a1b2c on 3 nodes", "WebServerRole", "HybridNodeRole"):
        assert trace in listed.output, str(listed)


def test_clean_up_removes_what_the_runbooks_left(life: Life) -> None:
    life.clean_up["removed"].succeeded()
    life.clean_up["again"].succeeded()


def test_destroy_leaves_nothing(life: Life) -> None:
    assert life.after == life.before


def test_what_is_destroyed_was_there(life: Life) -> None:
    assert len(life.deployed["inventory"] - life.before) > 20
