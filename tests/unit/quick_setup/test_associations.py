"""The associations are Quick Setup's own, for every kind of policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.policy.build import build_policy
from modules.quick_setup.associations import (
    AssociationSpec,
    node_associations,
    refresh_association,
)
from modules.quick_setup.deployment import plan_deployment
from modules.quick_setup.names import Place

HERE = Path(__file__).parent
ACCOUNT = "123456789012"
TEMPLATE = yaml.safe_load((HERE / "quick_setup_template.yaml").read_text())["associations"]
CASES = sorted((HERE / "policies").glob("*.yaml"))


def described(case: dict[str, Any]) -> list[AssociationSpec]:
    policy = build_policy(case["policy"])
    place = Place(account=ACCOUNT, partition="aws", region=case["region"])
    (stack,) = (s for s in plan_deployment([policy]).stacks if s.region == case["region"])
    nodes = node_associations(policy, place) if stack.has_nodes else ()
    refresh = (refresh_association(policy),) if stack.has_baseline_store else ()
    return [*nodes, *refresh]


def as_plain_data(spec: AssociationSpec) -> dict[str, Any]:
    output = spec.output
    return {
        "document": spec.document,
        "parameters": dict(spec.parameters),
        "schedule": spec.schedule_expression,
        "only_at_interval": bool(spec.apply_only_at_cron_interval),
        "target_parameter": spec.automation_target_parameter_name,
        "targets": {target.key: list(target.values) for target in spec.targets},
        "sync_compliance": spec.sync_compliance,
        "max_concurrency": spec.max_concurrency,
        "max_errors": spec.max_errors,
        "output": output
        and {"bucket": output.bucket, "prefix": output.prefix, "region": output.region},
    }


def expected(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    values = {
        **case["facts"],
        "id": case["policy"]["configuration_id"],
        "name": case["policy"]["name"],
        "region": case["region"],
        "account": ACCOUNT,
        "store_account": case.get("store_account", ACCOUNT),
    }
    forms = {
        "$auto": case["auto"],
        "$command": case["command"],
        "$output": case.get("output"),
    }

    def filled(value: Any) -> Any:
        match value:
            case dict():
                return {filled(key): filled(member) for key, member in value.items()}
            case str() if value in forms:
                return forms[value]
            case "{scan_waits}" | "{install_waits}":
                return values[value[1:-1]]
            case str():
                for key, fact in values.items():
                    value = value.replace(f"{{{key}}}", str(fact))
                return value
        return value

    defaults: dict[str, Any] = {
        "parameters": {},
        "schedule": None,
        "only_at_interval": False,
        "target_parameter": None,
        "targets": {},
        "sync_compliance": None,
        "max_concurrency": None,
        "max_errors": None,
        "output": None,
    }
    absent = case.get("absent", [])
    named = {filled(name): members for name, members in TEMPLATE.items()}
    return {
        name: defaults | filled(members) for name, members in named.items() if name not in absent
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_associations_are_those_of_quick_setups_template(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    found = {spec.association_name: as_plain_data(spec) for spec in described(case)}
    assert found == expected(case)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_association_is_described_once(path: Path) -> None:
    specs = described(yaml.safe_load(path.read_text()))
    assert len({spec.association_name for spec in specs}) == len(specs)
    assert len({spec.purpose for spec in specs}) == len(specs)


def test_what_the_provider_cannot_update_is_replaced() -> None:
    """Without targets (#41251), or with a SyncCompliance which an update would clear."""
    for path in CASES:
        for spec in described(yaml.safe_load(path.read_text())):
            wanted = not spec.targets or spec.sync_compliance is not None
            assert spec.replaced_on_change == wanted, spec.association_name
