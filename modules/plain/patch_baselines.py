"""Which patch baseline each operating system gets: those that the caller chose, and AWS's own."""

from __future__ import annotations

from modules.plain.configuration import Configuration
from modules.plain.drawing import Drawing
from modules.plain.elements import PREDEFINED
from modules.plain.rewriting import map_strings
from modules.provider.expressions import reference


def patch_baselines(drawn: Drawing) -> Configuration:
    """What the drawn baseline store looks up, with the chosen baselines from a variable."""
    ((type_, elements),) = drawn.data.items()
    ((name, body),) = elements.items()
    values = {**drawn.locals, "chosen_patch_baselines": _CHOSEN}
    old = f"data.{type_}.{name}"
    predefined = {
        "//": "IDs and accounts of AWS's own baselines differ from region to region.",
        **body,
        "lifecycle": {"precondition": [_SYSTEMS_ARE_KNOWN]},
    }
    return {
        "data": {type_: {PREDEFINED.rpartition(".")[2]: predefined}},
        "locals": map_strings(values, lambda text: text.replace(old, PREDEFINED)),
    }


_CHOSEN = reference(
    """\
{
  for system, baseline in var.patch_baselines : system => {
    label = baseline
    value = baseline
  } if baseline != null
}"""
)
# No validation of the variable: OpenTofu lets these refer to that variable alone.
_SYSTEMS_ARE_KNOWN = {
    "condition": reference(
        "length(setsubtract(keys(var.patch_baselines), "
        "keys(local.predefined_patch_baselines))) == 0"
    ),
    "error_message": "Expected as keys of patch_baselines: "
    '${join(", ", keys(local.predefined_patch_baselines))}.',
}
