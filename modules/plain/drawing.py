"""A policy drawn by the same constructs as its stacks, with references where its values stood.

So nothing about a resource is decided here: what comes out differs from a stack only in `var.name`
for `production-linux`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from modules.policy.model import (
    AllNodes,
    CommandOutput,
    InstanceIds,
    PatchPolicy,
    RateControl,
    RebootOption,
    ResourceGroup,
    Schedule,
    TagTarget,
    Targets,
)
from modules.provider.app import new_app
from modules.provider.backend import LocalBackend
from modules.provider.expressions import reference
from modules.provider.stack import Stack
from modules.quick_setup.deployment import StackSpec
from modules.quick_setup.instance_role import InstanceRoleSpec
from modules.quick_setup.names import Place
from modules.stacks.instance_role_stack import draw_instance_role
from modules.stacks.patch_policy_stack import draw_patch_policy

TAGS: Final = "@tags"
"""Among drawn tags: here come those of `var.tags`."""
EACH_ID: Final = "@each"
"""In the instance role's drawn tags: stands for each configuration ID."""

PLACE: Final = Place(
    account=reference("local.account_id"),
    partition=reference("local.partition"),
    region=reference("local.region"),
)
CONFIGURATION_ID: Final = reference("var.configuration_id")


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Terraform's JSON of some constructs, and the files that they refer to."""

    resources: Mapping[str, Mapping[str, Mapping[str, Any]]]
    data: Mapping[str, Mapping[str, Mapping[str, Any]]]
    locals: Mapping[str, Any]
    outputs: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, bytes]


def draw_role() -> Drawing:
    """The default instance role."""
    spec = InstanceRoleSpec(
        region=PLACE.region,
        configuration_ids=(EACH_ID,),
        adopt=False,  # import blocks stand in a root alone
        adopt_policy=False,
        tags={TAGS: ""},
    )
    stack = _stack("instance-role")
    draw_instance_role(stack, spec, PLACE)
    return _drawing(stack)


def draw_policy(policy: PatchPolicy, *, store: bool) -> Drawing:
    """What patches the nodes, and the baseline store."""
    spec = StackSpec(
        name="policy",
        policy=with_references(policy),
        region=PLACE.region,
        has_baseline_store=store,
        has_nodes=True,
    )
    stack = _stack("policy")
    draw_patch_policy(stack, spec, PLACE)
    return _drawing(stack)


def with_references(policy: PatchPolicy) -> PatchPolicy:
    """The policy with a variable's reference for each value that an operator tunes."""
    return replace(
        policy,
        name=reference("var.name"),
        configuration_id=CONFIGURATION_ID,
        scan=Schedule(
            schedule_expression=reference("var.scan_schedule"),
            wait_for_next_interval=_waits("scan"),
        ),
        install=Schedule(
            schedule_expression=reference("var.install_schedule"),
            wait_for_next_interval=_waits("install"),
        ),
        refresh=reference("var.refresh_schedule"),
        # A reference may stand for anything, whatever type Python has for it.
        reboot=cast("RebootOption", reference("var.reboot")),
        targets=_targets(policy.targets),
        rate_control=RateControl(
            max_concurrency=reference("var.max_concurrency"), max_errors=reference("var.max_errors")
        ),
        patch_baselines={},
        command_output=policy.command_output
        and CommandOutput(
            bucket=reference("var.command_output.bucket"),
            prefix=reference("var.command_output.prefix"),
            region=reference("var.command_output.region"),
        ),
        baseline_store_account=policy.baseline_store_account
        and reference("var.baseline_store_account"),
        access_log_bucket=policy.access_log_bucket and reference("var.access_log_bucket"),
        document_name_prefix=reference("var.document_name_prefix"),
        tags={TAGS: ""},
    )


def _waits(name: str) -> bool:
    return cast("bool", reference(f"var.{name}_wait_for_next_interval"))


def _targets(targets: Targets) -> Targets:
    match targets:
        case TagTarget(value=None):
            return TagTarget(key=reference("var.target_tag_key"))
        case TagTarget():
            value = reference("var.target_tag_value")
            return TagTarget(key=reference("var.target_tag_key"), value=value)
        case ResourceGroup():
            return ResourceGroup(reference("var.target_resource_group"))
        case InstanceIds():
            return InstanceIds((reference("var.target_instance_ids"),))
        case AllNodes():
            return targets


def _stack(name: str) -> Stack:
    # Nothing is written there: the app is not synthesized.
    app = new_app(tempfile.gettempdir())
    return Stack(app, name, region=PLACE.region, backend=LocalBackend())


def _drawing(stack: Stack) -> Drawing:
    drawn: Mapping[str, Any] = stack.to_terraform()
    return Drawing(
        resources=_without_metadata(drawn["resource"]),
        data=_without_metadata(drawn.get("data", {})),
        locals=drawn.get("locals", {}),
        outputs=drawn.get("output", {}),
        files=dict(stack.files),
    )


def _without_metadata(kinds: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Any:
    return {
        kind: {
            name: {key: value for key, value in element.items() if key != "//"}
            for name, element in elements.items()
        }
        for kind, elements in kinds.items()
    }
