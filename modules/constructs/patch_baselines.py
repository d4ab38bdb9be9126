"""The selected patch baselines, with AWS's predefined ones looked up at plan time."""

from __future__ import annotations

from modules.provider.aws.data_ssm_patch_baselines import (
    DataSsmPatchBaselines,
    DataSsmPatchBaselinesFilter,
)
from modules.provider.element import Fragment
from modules.provider.engine import constructs
from modules.provider.expressions import Reference, reference
from modules.provider.location import Construct
from modules.quick_setup.baseline_selection import BaselineSelection


class PatchBaselines(Construct):
    """`selected` maps an operating system to its baseline; `missing` lists systems without one.

    A predefined baseline that the region lacks is left out, and so is known before the apply: the
    stack's output says so.
    """

    def __init__(
        self, scope: constructs.Construct, id_: str, *, selection: BaselineSelection
    ) -> None:
        super().__init__(scope, id_)
        predefined = DataSsmPatchBaselines(
            self,
            "Predefined",
            filter=[DataSsmPatchBaselinesFilter(key="OWNER", values=["AWS"])],
        )
        selected = f"""\
merge(
  {{
    for each in {predefined.address}.baseline_identities : each.operating_system => {{
      label = each.baseline_name
      value = each.baseline_id
    }} if lookup(local.predefined_patch_baselines, each.operating_system, "") == each.baseline_name
  }},
  local.chosen_patch_baselines,
)"""
        systems = (
            "concat(keys(local.predefined_patch_baselines), keys(local.chosen_patch_baselines))"
        )
        Fragment(
            self,
            "Locals",
            {
                "locals": {
                    "predefined_patch_baselines": dict(selection.predefined),
                    "chosen_patch_baselines": {
                        system: dict(entry) for system, entry in selection.chosen.items()
                    },
                    "patch_baselines": reference(selected),
                    "operating_systems_without_baseline": reference(
                        f"setsubtract({systems}, keys(local.patch_baselines))"
                    ),
                }
            },
        )
        self.selected: Reference = reference("local.patch_baselines")
        self.missing: Reference = reference("local.operating_systems_without_baseline")
