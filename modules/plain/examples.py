"""The examples of a module: one region, and several with provider aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modules.plain.adoption import import_blocks
from modules.plain.calls import call_blocks
from modules.plain.module import Configuration, Module, versions
from modules.plain.readme import example_readme
from modules.plain.regions import neighbour, provider_blocks, regions_of
from modules.plain.rendering import Format, render
from modules.policy.model import PatchPolicy
from modules.provider.expressions import reference

_CALL: Final = "patch_policy"


def example_files(policy: PatchPolicy, module: Module, form: Format) -> Iterator[tuple[str, bytes]]:
    """Path below the module's folder -> content."""
    planned = regions_of(policy)
    single = len(planned) == 1
    if single:
        configurations = _configurations(policy, module, planned, {planned[0]: _CALL})
        yield from _example(
            "one_region", configurations, form, f"The patch policy in {planned[0]}."
        )
    regions = (planned[0], neighbour(planned[0])) if single else planned
    names = {region: f"{_CALL}_{region.replace('-', '_')}" for region in regions}
    configurations = _configurations(policy, module, regions, names)
    yield from _example(
        "several_regions",
        configurations,
        form,
        f"The patch policy in {', '.join(regions[:-1])} and {regions[-1]}: the module once for "
        "each region, with a provider of that region. The first call makes what is there once; "
        "the others wait for it through `baseline_override_url`.",
    )


def _configurations(
    policy: PatchPolicy, module: Module, regions: tuple[str, ...], names: Mapping[str, str]
) -> dict[str, Configuration]:
    id_ = policy.configuration_id
    blocks = call_blocks(
        [policy],
        {id_: regions},
        {id_: "../.."},
        {(id_, region): name for region, name in names.items()},
    )
    first = names[regions[0]]
    configurations: dict[str, Configuration] = {
        "versions": versions(),
        "main": {**provider_blocks(regions), "module": blocks},
        "outputs": {"output": _outputs(blocks)},
    }
    imports = import_blocks(policy, module, f"module.{first}.")
    return {**configurations, **({"imports": imports} if imports else {})}


def _outputs(calls: Mapping[str, Any]) -> Configuration:
    return {
        f"{name}_association_ids": {
            "description": f"The State Manager associations of module {name}.",
            "value": reference(f"module.{name}.association_ids"),
        }
        for name in calls
    }


def _example(
    name: str, configurations: Mapping[str, Configuration], form: Format, text: str
) -> Iterator[tuple[str, bytes]]:
    folder = f"examples/{name}"
    for file, configuration in configurations.items():
        yield f"{folder}/{file}{form.ending}", render(configuration, form)
    title = name.replace("_", " ").capitalize()
    yield f"{folder}/README.md", example_readme(title, text, configurations.values())
