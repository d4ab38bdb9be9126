"""The root layout: what `terraform apply` takes as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modules.plain.adoption import Use, taken_over
from modules.plain.calls import Call, calls_outputs, plan_calls
from modules.plain.configuration import Configuration
from modules.plain.deployed import Deployed
from modules.plain.directory import (
    Files,
    Member,
    below,
    configuration_files,
    module_files,
    share_role,
)
from modules.plain.module import build_module, versions
from modules.plain.module_tests import module_tests
from modules.plain.readme import calling_readme, root_readme
from modules.plain.regions import provider_blocks, regions_of
from modules.plain.rendering import Format, render
from modules.plain.shape import Shape
from modules.plain.terraform_docs import SETTINGS
from modules.policy.model import PatchPolicy
from modules.provider.backend import Backend

_SEVERAL: Final = "patch-policies"


@dataclass(frozen=True, kw_only=True)
class Root:
    """What a root has besides its policies.

    `account` is the only one that it may be applied to; None: that of the credentials. `deployed`
    is what it imports; `moved`: its state was that of a CDKTF stack.
    """

    backend: Backend
    account: str | None = None
    deployed: Sequence[Deployed] = ()
    moved: bool = False


def root_directory(policies: Sequence[PatchPolicy], root: Root, form: Format) -> Files:
    """One policy in one region stands in the root itself; otherwise it calls modules."""
    members = share_role(policies)
    regions = {member.policy.configuration_id: regions_of(member.policy) for member in members}
    every_region = dict.fromkeys(region for theirs in regions.values() for region in theirs)
    around: dict[str, Configuration] = {
        "backend": backend_block(root.backend, state_name(policies)),
        "providers": provider_blocks([*every_region], root.account),
    }
    names = {
        (id_, region): f"policy_{id_}_{region.replace('-', '_')}"
        for id_, theirs in regions.items()
        for region in theirs
    }
    calls = [*plan_calls([member.policy for member in members], regions, names)]
    if len(calls) == 1:
        files = _single(calls[0], root, around, form)
    else:
        files = _calling(members, calls, root, around, form)
    return {**files, **root.backend.FILES}


def state_name(policies: Sequence[PatchPolicy]) -> str:
    """What the state is called in a backend."""
    if len(policies) > 1:
        return _SEVERAL
    return f"patch-policy-{policies[0].configuration_id}"


def _single(call: Call, root: Root, around: Mapping[str, Configuration], form: Format) -> Files:
    module = build_module(call.policy, Shape.fixed(call.policy))
    uses = [Use(module=module, prefix="", call=call)]
    around = {**around, **taken_over(uses, root.deployed, moved=root.moved)}
    imported = [block["to"] for block in around.get("imports", {}).get("import", ())]
    configurations = {**module.configurations, **around}
    return {
        ".terraform-docs.yml": SETTINGS.encode(),
        **configuration_files(module, form),
        **_rendered(around, form),
        "tests/policy.tftest.hcl": module_tests(module, imported),
        "README.md": root_readme(call.policy, module, configurations, form),
    }


def _calling(
    members: Sequence[Member],
    calls: Sequence[Call],
    root: Root,
    around: Mapping[str, Configuration],
    form: Format,
) -> Files:
    folders = {
        each.policy.configuration_id: f"modules/{each.policy.configuration_id}" for each in members
    }
    modules = {member.policy.configuration_id: member.module() for member in members}
    blocks = {
        call.name: call.block(
            f"./{folders[call.policy.configuration_id]}", aliased=call.region != calls[0].region
        )
        for call in calls
    }
    uses = [
        Use(module=modules[call.policy.configuration_id], prefix=f"module.{call.name}.", call=call)
        for call in calls
    ]
    configurations: dict[str, Configuration] = {
        "versions": versions(),
        **around,
        "main": {"module": blocks},
        "outputs": calls_outputs(blocks),
        **taken_over(uses, root.deployed, moved=root.moved),
    }
    files = _rendered(configurations, form)
    for member in members:
        folder = folders[member.policy.configuration_id]
        files |= below(folder, module_files(member, modules[member.policy.configuration_id], form))
    by_folder = {folders[each.policy.configuration_id]: each.policy for each in members}
    return {
        **files,
        ".terraform-docs.yml": SETTINGS.encode(),
        "README.md": calling_readme(by_folder, configurations, form),
    }


def backend_block(backend: Backend, name: str) -> Configuration:
    """The backend or the cloud block."""
    if backend.KIND == "cloud":
        return {"terraform": {"cloud": backend.settings(name)}}
    return {"terraform": {"backend": {backend.KIND: backend.settings(name)}}}


def _rendered(configurations: Mapping[str, Configuration], form: Format) -> Files:
    return {
        f"{name}{form.ending}": render(configuration, form)
        for name, configuration in configurations.items()
    }
