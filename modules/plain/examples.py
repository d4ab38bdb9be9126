"""The examples of a module: one region, and several with provider aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from modules.plain.adoption import Use, taken_over
from modules.plain.calls import calls_outputs, plan_calls
from modules.plain.configuration import Configuration
from modules.plain.module import Module, versions
from modules.plain.readme import example_readme
from modules.plain.regions import neighbour, provider_blocks, regions_of
from modules.plain.rendering import Format, render
from modules.policy.model import PatchPolicy

_CALL: Final = "patch_policy"


def example_files(
    policy: PatchPolicy, module: Module, form: Format, *, moved: bool
) -> Iterator[tuple[str, bytes]]:
    """Path below the module's folder -> content; `moved` as for a root."""
    planned = regions_of(policy)
    alone = replace(policy, regions=planned[:1])
    configurations = _configurations(alone, module, {planned[0]: _CALL}, moved=moved)
    text = f"The patch policy in {planned[0]} alone."
    yield from _example("one_region", configurations, form, text)
    regions = planned if len(planned) > 1 else (*planned, neighbour(planned[0]))
    names = {region: f"{_CALL}_{region.replace('-', '_')}" for region in regions}
    configurations = _configurations(policy, module, names, moved=moved)
    yield from _example(
        "several_regions",
        configurations,
        form,
        f"The patch policy in {', '.join(regions[:-1])} and {regions[-1]}: the module once for "
        "each region, with a provider of that region. The first call makes what is there once; "
        "the others wait for it through `baseline_override_url`.",
    )


def _configurations(
    policy: PatchPolicy, module: Module, names: Mapping[str, str], *, moved: bool
) -> dict[str, Configuration]:
    """`names` has the calls' names by region."""
    id_, regions = policy.configuration_id, tuple(names)
    by_place = {(id_, region): name for region, name in names.items()}
    calls = [*plan_calls([policy], {id_: regions}, by_place)]
    blocks = {call.name: call.block("../..", aliased=call.region != regions[0]) for call in calls}
    uses = [Use(module=module, prefix=f"module.{call.name}.", call=call) for call in calls]
    return {
        "versions": versions(),
        "main": {**provider_blocks(regions), "module": blocks},
        "outputs": calls_outputs(blocks),
        **taken_over(uses, moved=moved),
    }


def _example(
    name: str, configurations: Mapping[str, Configuration], form: Format, text: str
) -> Iterator[tuple[str, bytes]]:
    folder = f"examples/{name}"
    for file, configuration in configurations.items():
        yield f"{folder}/{file}{form.ending}", render(configuration, form)
    title = name.replace("_", " ").capitalize()
    yield f"{folder}/README.md", example_readme(title, text, configurations.values())
