"""State Manager associations, and the replacement of those that cannot be updated rightly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modules.provider.aws.ssm_association import (
    SsmAssociation,
    SsmAssociationOutputLocation,
    SsmAssociationTargets,
)
from modules.provider.builtin.terraform_data import TerraformData
from modules.provider.element import Resource
from modules.provider.engine import constructs
from modules.provider.expressions import json_expression
from modules.provider.location import Construct
from modules.provider.meta import Lifecycle
from modules.quick_setup.associations import AssociationSpec


class PatchAssociation(Construct):
    """One association, created only after everything in `depends_on` is there."""

    def __init__(
        self,
        scope: constructs.Construct,
        *,
        spec: AssociationSpec,
        tags: Mapping[str, str],
        depends_on: Sequence[Resource],
    ) -> None:
        super().__init__(scope, spec.purpose)
        self.association = SsmAssociation(
            self,
            "Default",
            name=spec.document,
            association_name=spec.association_name,
            parameters=dict(spec.parameters) or None,
            schedule_expression=spec.schedule_expression,
            apply_only_at_cron_interval=spec.apply_only_at_cron_interval,
            automation_target_parameter_name=spec.automation_target_parameter_name,
            targets=[
                SsmAssociationTargets(key=target.key, values=target.values)
                for target in spec.targets
            ]
            or None,
            sync_compliance=spec.sync_compliance,
            max_concurrency=spec.max_concurrency,
            max_errors=spec.max_errors,
            output_location=_output_location(spec),
            tags=dict(tags) or None,
            depends_on=depends_on,
            lifecycle=self._build_replacement(spec) if spec.replaced_on_change else None,
        )

    def _build_replacement(self, spec: AssociationSpec) -> Lifecycle:
        trigger = TerraformData(
            self, "Definition", triggers_replace=json_expression(definition(spec))
        )
        return Lifecycle(replace_triggered_by=[trigger.address])


def _output_location(spec: AssociationSpec) -> SsmAssociationOutputLocation | None:
    if spec.output is None:
        return None
    return SsmAssociationOutputLocation(
        s3_bucket_name=spec.output.bucket,
        s3_key_prefix=spec.output.prefix or None,
        s3_region=spec.output.region,
    )


def definition(spec: AssociationSpec) -> dict[str, object]:
    """Everything whose change replaces an association: all but its tags, and what never changes."""
    output = spec.output
    members: dict[str, object] = {
        "association_name": spec.association_name,
        "document": spec.document,
        "parameters": dict(spec.parameters),
        "schedule_expression": spec.schedule_expression,
        "apply_only_at_cron_interval": spec.apply_only_at_cron_interval,
        "targets": {target.key: list(target.values) for target in spec.targets},
        "max_concurrency": spec.max_concurrency,
        "max_errors": spec.max_errors,
        "output": output and [output.bucket, output.prefix or None, output.region],
    }
    return {key: value for key, value in members.items() if value not in (None, {})}
