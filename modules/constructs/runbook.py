"""An Automation document, whose text is a file beside the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from modules.provider.aws.ssm_document import SsmDocument
from modules.provider.engine import constructs
from modules.provider.expressions import file, json_expression, template_file
from modules.quick_setup.runbooks import RunbookSpec


class Runbook(SsmDocument):
    """A document as specified, named after its key."""

    def __init__(
        self, scope: constructs.Construct, *, spec: RunbookSpec, tags: Mapping[str, str]
    ) -> None:
        variables: dict[str, object] = {
            name: json_expression(value) for name, value in spec.variables.items()
        }
        super().__init__(
            scope,
            spec.key,
            name=spec.name,
            document_type="Automation",
            document_format="JSON",
            target_type=spec.target_type,
            content=template_file(spec.path, variables) if variables else file(spec.path),
            tags=dict(tags) or None,
        )
        self.location.stack.add_file(spec.path, spec.text.encode())
