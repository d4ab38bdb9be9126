"""A bare CDKTF app: `bare_app.py RESOURCES` writes a file's resources without types.

The leanest form that CDKTF has for it: one subclass hands a resource's arguments over in one call.
With `add_override` for each argument instead, it would take longer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cdktf
import jsii
from constructs import Construct

Arguments = Mapping[str, Any]


class Resource(cdktf.TerraformResource):
    """A resource of any type."""

    def __init__(self, scope: Construct, id_: str, type_: str, arguments: Arguments) -> None:
        self._arguments = arguments
        super().__init__(scope, id_, terraform_resource_type=type_)

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> Arguments:
        return self._arguments


class DataSource(cdktf.TerraformDataSource):
    """A data source of any type."""

    def __init__(self, scope: Construct, id_: str, type_: str, arguments: Arguments) -> None:
        self._arguments = arguments
        super().__init__(scope, id_, terraform_resource_type=type_)

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> Arguments:
        return self._arguments


class Provider(cdktf.TerraformProvider):
    """The AWS provider."""

    def __init__(self, scope: Construct, region: str) -> None:
        self._arguments = {"region": region}
        super().__init__(
            scope,
            "aws",
            terraform_resource_type="aws",
            terraform_provider_source="hashicorp/aws",
            terraform_generator_metadata={"provider_name": "aws"},
        )

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> Arguments:
        return self._arguments


ELEMENTS = {"resource": Resource, "data": DataSource}


def main(resources: Path) -> None:
    """Draws every stack and synthesizes."""
    app = cdktf.App()
    for name, content in json.loads(resources.read_bytes()).items():
        stack = cdktf.TerraformStack(app, name)
        cdktf.LocalBackend(stack, path=f"{name}.tfstate")
        Provider(stack, content["region"])
        for item in content["elements"]:
            element = ELEMENTS[item["kind"]](stack, item["id"], item["type"], item["arguments"])
            for key, value in item["meta"].items():
                element.add_override(key, value)
    app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
