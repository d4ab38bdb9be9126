"""The same resources with the prebuilt bindings: `prebuilt_app.py RESOURCES`.

Runs in an environment of its own. Classes are looked up by name, as a file's resources are not
known beforehand; importing one of them costs what importing any of them costs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import cdktf

BINDINGS = "cdktf_cdktf_provider_aws"


def main(resources: Path) -> None:
    """Draws every stack and synthesizes."""
    app = cdktf.App()
    provider = import_module(f"{BINDINGS}.provider")
    for name, content in json.loads(resources.read_bytes()).items():
        stack = cdktf.TerraformStack(app, name)
        cdktf.LocalBackend(stack, path=f"{name}.tfstate")
        provider.AwsProvider(stack, "aws", region=content["region"])
        for item in content["elements"]:
            element = draw(stack, item["id"], item["kind"], item["type"], item["arguments"])
            for key, value in item["meta"].items():
                element.add_override(key, value)
    app.synth()


def draw(
    stack: cdktf.TerraformStack, id_: str, kind: str, type_: str, arguments: Mapping[str, Any]
) -> cdktf.TerraformElement:
    """One resource or data source with its arguments."""
    if type_ == "terraform_data":  # Terraform's own, so that it is not among the bindings
        untyped = cdktf.TerraformResource(stack, id_, terraform_resource_type=type_)
        for key, value in arguments.items():
            untyped.add_override(key, value)
        return untyped
    module_name = f"data_{type_}" if kind == "data" else type_.removeprefix("aws_")
    module, name = import_module(f"{BINDINGS}.{module_name}"), pascal_case(module_name)
    values = {key: typed(module, name, key, value) for key, value in arguments.items()}
    element: cdktf.TerraformElement = find_class(module, name)(stack, id_, **values)
    return element


def find_class(module: ModuleType, name: str) -> Any:
    """The bindings' class; the generator adds an A where another class has the name already."""
    return getattr(module, f"{name}A", None) or getattr(module, name, None)


def typed(module: ModuleType, owner: str, key: str, value: object) -> object:
    """The value with the bindings' own class for each nested block."""
    if isinstance(value, list):
        return [typed(module, owner, key, item) for item in value]
    name = owner + pascal_case(key)
    class_ = find_class(module, name)
    if class_ is None or not isinstance(value, dict):
        return value
    return class_(**{inner: typed(module, name, inner, item) for inner, item in value.items()})


def pascal_case(name: str) -> str:
    """`s3_bucket_policy` -> `S3BucketPolicy`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
