"""What `generate` writes: every file of a directory, by its path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from modules.plain.examples import example_files
from modules.plain.module import Module, build_module
from modules.plain.module_tests import module_tests
from modules.plain.readme import module_readme, modules_readme
from modules.plain.rendering import Format, render
from modules.plain.shape import Shape
from modules.plain.terraform_docs import SETTINGS
from modules.policy.model import PatchPolicy
from modules.quick_setup.instance_role import instance_role

Files = dict[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of the policies of a directory; `role_tags` where it makes a role that they share."""

    policy: PatchPolicy
    role_tags: Mapping[str, str] | None = None

    def module(self) -> Module:
        """Its module, as it serves each of its regions."""
        return build_module(self.policy, Shape.reusable(self.policy, self.role_tags))


def module_directory(
    policies: Sequence[PatchPolicy], form: Format, *, moved: bool = False
) -> Files:
    """One policy: its module. Several: one each, in folders named after configuration IDs.

    With `moved`, the examples know the addresses of CDKTF's stack.
    """
    members = share_role(policies)
    files: Files = {".terraform-docs.yml": SETTINGS.encode()}
    if len(members) == 1:
        return {**files, **with_examples(members[0], form, moved=moved)}
    folders = {member.policy.configuration_id: member for member in members}
    files["README.md"] = modules_readme({folder: each.policy for folder, each in folders.items()})
    for folder, member in folders.items():
        files |= below(folder, with_examples(member, form, moved=moved))
    return files


def with_examples(member: Member, form: Format, *, moved: bool) -> Files:
    """The module of one policy for others to call, and configurations that do."""
    module = member.module()
    examples = dict(example_files(member.policy, module, form, moved=moved))
    readme = module_readme(member.policy, module, form, examples=True)
    return {**module_files(member, module, form), "README.md": readme, **examples}


def module_files(member: Member, module: Module, form: Format) -> Files:
    """The module of one policy, with its README and its tests."""
    return {
        **configuration_files(module, form),
        "README.md": module_readme(member.policy, module, form),
        "tests/module.tftest.hcl": module_tests(module),
    }


def configuration_files(module: Module, form: Format) -> Files:
    """The configurations as files, and the files that they read."""
    return {
        **{
            f"{name}{form.ending}": render(configuration, form)
            for name, configuration in module.configurations.items()
        },
        **module.files,
    }


def share_role(policies: Sequence[PatchPolicy]) -> tuple[Member, ...]:
    """The policies in order of configuration ID; the first that makes the role does for all."""
    ordered = sorted(policies, key=lambda policy: policy.configuration_id)
    role = instance_role(ordered)
    maker = next((each for each in ordered if each.instance_roles.manage_default_role), None)
    if role is None or maker is None or len(ordered) == 1:
        return tuple(Member(policy=policy) for policy in ordered)
    others = tuple(id_ for id_ in role.configuration_ids if id_ != maker.configuration_id)
    roles = replace(
        maker.instance_roles,
        other_configuration_ids=others,
        adopt_default_role=role.adopt,
        adopt_baseline_policy=role.adopt_policy,
    )
    return tuple(
        Member(policy=replace(policy, instance_roles=roles), role_tags=role.tags)
        if policy is maker
        else Member(policy=policy)
        for policy in ordered
    )


def below(folder: str, files: Mapping[str, bytes]) -> Files:
    """The files in a folder."""
    return {f"{folder}/{path}": content for path, content in files.items()}
