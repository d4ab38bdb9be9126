"""`python -m modules.provider.generate`: rewrites the schema subset and the bindings.

Runs Terraform for the provider's schema; everything else is `binding_source`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from modules import terraform_cli
from modules.provider import schema, types
from modules.provider.binding_source import binding_files

PROVIDER_FOLDER: Final = Path(__file__).parent
_AWS_ADDRESS: Final = f"registry.terraform.io/{types.AWS_SOURCE}"
_BUILTIN_ADDRESS: Final = "terraform.io/builtin/terraform"
_KEPT: Final = {"type", "required", "optional", "computed", "sensitive", "deprecated"}


def main() -> int:
    """Exit status 0; 1 with one line of explanation where Terraform is missing or fails."""
    try:
        document = subset(read_provider_schemas())
    except terraform_cli.TerraformCliError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    schema.SCHEMA_FILE.write_text(render_subset(document), encoding="utf-8")
    write_bindings(binding_files())
    return 0


def read_provider_schemas() -> dict[str, Any]:
    """What Terraform says of all types, by provider address. TerraformCliError: it failed."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        work.joinpath("main.tf.json").write_text(json.dumps(_configuration()), encoding="utf-8")
        _terraform(work, "init", "-input=false", "-no-color")
        output = _terraform(work, "providers", "schema", "-json")
    schemas: dict[str, Any] = json.loads(output)["provider_schemas"]
    return schemas


def _configuration() -> dict[str, Any]:
    aws = {"source": types.AWS_SOURCE, "version": types.AWS_SCHEMA_VERSION}
    return {
        "terraform": {"required_providers": {"aws": aws}},
        # Its use brings the built-in provider into the output.
        "resource": {"terraform_data": {"any": {}}},
    }


def _terraform(work: Path, *arguments: str) -> str:
    command = [terraform_cli.find_terraform(), *arguments]
    environment = terraform_cli.terraform_environment(work)
    result = subprocess.run(
        command, cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise terraform_cli.TerraformCliError(f"terraform {arguments[0]} failed: {result.stderr}")
    return result.stdout


def subset(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The listed types alone, in the form of the data file."""
    aws, builtin = schemas[_AWS_ADDRESS], schemas[_BUILTIN_ADDRESS]
    resources = {**builtin["resource_schemas"], **aws["resource_schemas"]}
    data_sources = aws["data_source_schemas"]
    return {
        "resources": {name: _slim(resources[name]["block"]) for name in types.RESOURCES},
        "data_sources": {name: _slim(data_sources[name]["block"]) for name in types.DATA_SOURCES},
    }


def _slim(block: Mapping[str, Any]) -> dict[str, Any]:
    slim: dict[str, Any] = {
        "attributes": {
            name: {key: value for key, value in attribute.items() if key in _KEPT}
            for name, attribute in block.get("attributes", {}).items()
        }
    }
    if block.get("deprecated"):
        slim["deprecated"] = True
    if "block_types" in block:
        slim["block_types"] = {
            name: {**nested, "block": _slim(nested["block"])}
            for name, nested in block["block_types"].items()
        }
    return slim


def render_subset(document: Mapping[str, Any]) -> str:
    """The data file's text: one form, whatever order Terraform used."""
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def write_bindings(files: Mapping[str, str]) -> None:
    """Writes the generated modules and removes those of types that are listed no more."""
    for folder in ("aws", "builtin"):
        for old in PROVIDER_FOLDER.joinpath(folder).glob("*.py"):
            old.unlink()
    for name, text in files.items():
        path = PROVIDER_FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
