"""The root layout: what `terraform apply` takes as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from modules.plain.adoption import import_blocks
from modules.plain.calls import call_blocks
from modules.plain.directory import (
    Files,
    Member,
    below,
    configuration_files,
    module_files,
    share_role,
)
from modules.plain.module import Configuration, build_module, versions
from modules.plain.readme import calling_readme, root_readme
from modules.plain.regions import provider_blocks, regions_of
from modules.plain.rendering import Format, render
from modules.plain.shape import Shape
from modules.policy.model import PatchPolicy
from modules.provider.backend import Backend

_SEVERAL: Final = "patch-policies"


def root_directory(
    policies: Sequence[PatchPolicy], backend: Backend, form: Format, *, account: str | None = None
) -> Files:
    """One policy in one region stands in the root itself; otherwise it calls modules.

    `account` is the only one that it may be applied to; None: that of the credentials.
    """
    members = share_role(policies)
    regions = dict.fromkeys(region for member in members for region in regions_of(member.policy))
    around: dict[str, Configuration] = {
        "backend": backend_block(backend, state_name(policies)),
        "providers": provider_blocks([*regions], account),
    }
    if len(members) == 1 and len(regions_of(members[0].policy)) == 1:
        return _single(members[0].policy, around, form)
    return _calling(members, around, form)


def state_name(policies: Sequence[PatchPolicy]) -> str:
    """What the state is called in a backend."""
    if len(policies) > 1:
        return _SEVERAL
    return f"patch-policy-{policies[0].configuration_id}"


def _single(policy: PatchPolicy, around: dict[str, Configuration], form: Format) -> Files:
    module = build_module(policy, Shape.fixed(policy))
    imports = import_blocks(policy, module, "")
    around |= {"imports": imports} if imports else {}
    configurations = {**module.configurations, **around}
    return {
        **configuration_files(module, form),
        **_rendered(around, form),
        "README.md": root_readme(policy, module, configurations, form),
    }


def _calling(members: Sequence[Member], around: Mapping[str, Configuration], form: Format) -> Files:
    policies = [member.policy for member in members]
    regions = {policy.configuration_id: regions_of(policy) for policy in policies}
    folders = {id_: f"modules/{id_}" for id_ in regions}
    names = {
        (id_, region): f"policy_{id_}_{region.replace('-', '_')}"
        for id_, theirs in regions.items()
        for region in theirs
    }
    sources = {id_: f"./{folder}" for id_, folder in folders.items()}
    configurations: dict[str, Configuration] = {
        "versions": versions(),
        **around,
        "main": {"module": call_blocks(policies, regions, sources, names)},
    }
    files: Files = {}
    for member in members:
        id_ = member.policy.configuration_id
        prefix = f"module.{names[id_, regions[id_][0]]}."
        if imports := import_blocks(member.policy, member.module(), prefix):
            configurations["imports"] = imports
        files |= below(folders[id_], module_files(member, form))
    by_folder = {folders[policy.configuration_id]: policy for policy in policies}
    return {
        **_rendered(configurations, form),
        **files,
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
