"""The README of each generated folder: texts, and the tables of terraform-docs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import Final

from modules.plain.configuration import Configuration
from modules.plain.module import Module
from modules.plain.regions import regions_of
from modules.plain.rendering import Format
from modules.plain.terraform_docs import documentation
from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE
from modules.policy.model import Operation, PatchPolicy

_PARTS: Final = {
    "instance_role": "the default role and profile of nodes, once in an account",
    "baseline_store": "the bucket of the patch baselines that nodes obey",
    "access_log": "that bucket's access log",
    "baseline_function": "the Lambda function that fills it, and its first invocation",
    "baseline_remediation": "the hourly refresh",
    "patch_baselines": "which baseline each operating system gets",
    "automation_roles": "the roles that the runbooks run as",
    "runbooks": "the Automation documents",
    "associations": "the State Manager associations: scan, install, roles and name tags",
}


def module_readme(
    policy: PatchPolicy, module: Module, form: Format, *, examples: bool = False
) -> bytes:
    """The README of a module; with `examples`, it says that they are there."""
    return _joined(
        _introduction(policy),
        _text("use", region=regions_of(policy)[0]),
        _further_regions(module),
        _text("examples") if examples else "",
        _text("changes"),
        _files(module, form),
        _text("versions"),
        documentation(module.configurations.values(), module.variables),
    )


def root_readme(
    policy: PatchPolicy, module: Module, configurations: Mapping[str, Configuration], form: Format
) -> bytes:
    """The README of a root of one policy in one region."""
    return _joined(
        _introduction(policy),
        _text("deploy", ending=form.ending),
        _text("values", ending=form.ending),
        _text("changes"),
        _files(module, form),
        _text("versions"),
        documentation(configurations.values(), module.variables),
    )


def modules_readme(policies: Mapping[str, PatchPolicy]) -> bytes:
    """The README above several modules; `policies` is by folder."""
    return _joined(_list(policies), _text("several_policies"))


def calling_readme(
    policies: Mapping[str, PatchPolicy], configurations: Mapping[str, Configuration], form: Format
) -> bytes:
    """The README of a root that calls modules; `policies` is by folder."""
    docs = documentation(configurations.values(), ())
    return _joined(_list(policies), _text("deploy", ending=form.ending), docs)


def example_readme(title: str, text: str, configurations: Iterable[Configuration]) -> bytes:
    """The README of an example."""
    return _joined(_text("example", title=title, text=text), documentation(configurations, ()))


def _joined(*parts: str) -> bytes:
    return ("\n\n".join(part.strip() for part in parts if part) + "\n").encode()


def _text(name: str, /, **values: str) -> str:
    text = files(__package__).joinpath("texts", f"{name}.md").read_text(encoding="utf-8")
    return Template(text).substitute(values)


def _introduction(policy: PatchPolicy) -> str:
    installs = policy.operation is Operation.SCAN_AND_INSTALL
    what = "looks for missing patches" + (" and installs them" if installs else "")
    id_ = policy.configuration_id
    return _text("introduction", name=_shown(policy.name), what=what, configuration_id=id_)


def _shown(name: str) -> str:
    """A policy's name as text on one line; of Markdown's own signs it may hold underscores."""
    return " ".join(name.split()).replace("_", r"\_") or "without a visible name"


def _list(policies: Mapping[str, PatchPolicy]) -> str:
    lines = [
        f"* [{_shown(policy.name)}]({folder}): `{policy.configuration_id}`, "
        f"{', '.join(policy.regions)}"
        for folder, policy in policies.items()
    ]
    return "# Patch policies\n\n" + "\n".join(lines)


def _further_regions(module: Module) -> str:
    toggles = [module.shape.toggle(section) for section in (INSTANCE_ROLE, BASELINE_STORE)]
    left_out = [f"`{toggle} = false`" for toggle in toggles if toggle]
    return _text("further_regions", left_out=" and ".join(left_out)) if left_out else ""


def _files(module: Module, form: Format) -> str:
    rows = [
        f"| `{name}{form.ending}` | {_PARTS[name]} |"
        for name in module.configurations
        if name in _PARTS
    ]
    rows.append("| `documents/` | the texts of the Automation documents |")
    rows.append("| `tests/` | what `terraform test` runs: the provider is mocked |")
    if module.shape.store:
        rows.append(
            "| `lambda/` | the Lambda function: a folder to read, and the same as the zip that is "
            "deployed, whose bytes depend on the sources alone |"
        )
    table = "\n".join(["| file | what |", "| ---- | ---- |", *rows])
    return f"## Files\n\n{table}\n\n{_text('edits')}"
