"""Several policies, regions and accounts of one organization."""

from __future__ import annotations

import pytest

from tests.e2e.aws import ACCOUNT, OTHER_ACCOUNT, REGION
from tests.e2e.scenario_landscape import HERE, REGIONS, ROLE, THERE, Landscape


@pytest.mark.parametrize(
    "stack",
    [*(f"{ACCOUNT} {each}" for each in HERE), *(f"{OTHER_ACCOUNT} {each}" for each in THERE)],
)
def test_a_second_plan_is_empty(landscape: Landscape, stack: str) -> None:
    assert landscape.plans[stack].status == 0, str(landscape.plans[stack])


def test_a_default_role_that_is_there_is_adopted(landscape: Landscape) -> None:
    assert landscape.adoption is not None
    landscape.adoption.succeeded()
    assert "3 imported" in landscape.adoption.output
    assert " 0 destroyed" in landscape.adoption.output  # nodes bear the role meanwhile
    assert {"QSConfigId-whole", "QSConfigId-unit1"} <= set(landscape.adopted["tags"])
    assert landscape.adopted["attached"] == {
        "AmazonSSMManagedInstanceCore",
        "aws-quicksetup-patchpolicy-baselineoverrides-s3",
    }


def test_a_home_region_that_is_no_region_of_the_policy_has_the_store_alone(
    landscape: Landscape,
) -> None:
    whole = [name for name in landscape.associations[ACCOUNT, REGION] if name.endswith("whole")]
    assert whole == ["AWS-QuickSetup-PatchPolicy-BaselineRemediation-whole"]


@pytest.mark.parametrize("region", REGIONS)
def test_a_further_region_has_everything_but_the_store(landscape: Landscape, region: str) -> None:
    found = landscape.associations[ACCOUNT, region]
    assert len(found) == 6
    assert not [name for name in found if "BaselineRemediation" in name]
    assert landscape.functions[f"{ACCOUNT} {region}"] == 0


def test_every_region_reads_the_one_store(landscape: Landscape) -> None:
    places = [(ACCOUNT, region) for region in REGIONS] + [(OTHER_ACCOUNT, REGIONS[0])]
    scans = (
        landscape.associations[place]["AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-whole"]
        for place in places
    )
    store = f"s3://aws-quicksetup-patchpolicy-{ACCOUNT}-whole/baseline_overrides.json"
    assert {scan["Parameters"]["BaselineOverride"][0] for scan in scans} == {store}


def test_another_accounts_tagged_role_may_read_what_the_organization_shares(
    landscape: Landscape,
) -> None:
    assert landscape.may_read["whole"] == {ROLE: True, "untagged": False, "unit": False}


def test_an_organizational_units_tagged_role_may_read_what_it_is_given(
    landscape: Landscape,
) -> None:
    assert landscape.may_read["unit1"] == {ROLE: False, "untagged": False, "unit": True}


def test_destroy_leaves_the_shared_roles_alone(landscape: Landscape) -> None:
    for account in (ACCOUNT, OTHER_ACCOUNT):
        left = landscape.after[account] - landscape.before[account]
        # the shared role, which stays, keeps its tags until its own stack changes
        of_policies = [each for each in left if ROLE not in each]
        assert not [each for each in of_policies if "whole" in each or "unit1" in each], left
        assert f"role {ROLE}" in landscape.after[account]
