"""The bindings, the schema subset and the list of types say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules.provider import types
from modules.provider.binding_source import binding_files, class_name, lasting, python_type
from modules.provider.generate import PROVIDER_FOLDER, render_subset, subset
from modules.provider.schema import (
    SCHEMA_FILE,
    Nesting,
    data_source_schema,
    parse_block,
    resource_schema,
)


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return binding_files()


def test_the_bindings_are_what_the_schema_gives(generated: dict[str, str]) -> None:
    written = {
        path.relative_to(PROVIDER_FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("aws", "builtin")
        for path in PROVIDER_FOLDER.joinpath(folder).glob("*.py")
    }
    assert sorted(written) == sorted(generated), "run `make bindings`"
    different = [name for name in written if written[name] != generated[name]]
    assert not different, "run `make bindings`"


def test_the_subset_holds_the_listed_types_alone_in_its_one_form() -> None:
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    document = json.loads(text)
    assert sorted(document["resources"]) == sorted(types.RESOURCES)
    assert sorted(document["data_sources"]) == sorted(types.DATA_SOURCES)
    assert text == render_subset(document)


def test_the_subset_keeps_of_a_schema_what_bindings_need() -> None:
    attribute = {"type": "string", "optional": True, "description": "long", "version": 1}
    nested = {"nesting_mode": "list", "max_items": 1, "block": {"attributes": {"b": attribute}}}
    block = {"attributes": {"a": attribute}, "block_types": {"c": nested}, "deprecated": True}
    aws = {name: {"block": block} for name in types.RESOURCES if name.startswith("aws_")}
    schemas = {
        "registry.terraform.io/hashicorp/aws": {
            "resource_schemas": aws,
            "data_source_schemas": {name: {"block": block} for name in types.DATA_SOURCES},
        },
        "terraform.io/builtin/terraform": {
            "resource_schemas": {"terraform_data": {"block": block}}
        },
    }
    kept = {"type": "string", "optional": True}
    assert subset(schemas)["resources"]["terraform_data"] == {
        "attributes": {"a": kept},
        "block_types": {
            "c": {"nesting_mode": "list", "max_items": 1, "block": {"attributes": {"b": kept}}}
        },
        "deprecated": True,
    }


def test_a_block_that_may_stand_once_is_single() -> None:
    association = resource_schema("aws_ssm_association")
    assert association.blocks["output_location"].is_single
    assert not association.blocks["targets"].is_single
    assert association.blocks["targets"].nesting is Nesting.LIST
    assert (
        resource_schema("aws_s3_bucket_versioning").blocks["versioning_configuration"].is_required
    )


def test_attributes_are_arguments_or_results() -> None:
    role = resource_schema("aws_iam_role").attributes
    assert role["assume_role_policy"].required
    assert role["name"].is_argument
    assert role["arn"].computed
    assert not role["arn"].is_argument


def test_nothing_is_offered_that_is_deprecated_or_changed_in_version_6() -> None:
    association, region = resource_schema("aws_ssm_association"), data_source_schema("aws_region")
    assert "instance_id" in association.attributes
    assert "instance_id" not in lasting("aws_ssm_association", association).attributes
    assert "name" in region.attributes
    assert "name" not in lasting("aws_region", region).attributes


def test_rejects_an_attribute_of_a_newer_plugin_protocol() -> None:
    with pytest.raises(ValueError, match="nested type"):
        parse_block({"attributes": {"a": {"nested_type": {}}}})


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("string", "str"),
        ("number", "float"),
        (["set", "string"], "Sequence[str]"),
        (["map", ["list", "bool"]], "Mapping[str, Sequence[bool]]"),
        (["list", ["object", {"a": "string"}]], "Sequence[object]"),
        ("dynamic", "object"),
    ],
)
def test_terraforms_types_have_python_ones(type_: str | list[object], expected: str) -> None:
    assert python_type(type_) == expected


def test_classes_are_named_after_types() -> None:
    assert class_name("aws_ssm_association") == "SsmAssociation"
    assert class_name("aws_region", is_data=True) == "DataRegion"
    assert class_name("terraform_data") == "TerraformData"


def test_only_one_module_imports_cdktf() -> None:
    sources = Path(PROVIDER_FOLDER).rglob("*.py")
    importing = {p.name for p in sources if "\nimport cdktf" in p.read_text(encoding="utf-8")}
    assert importing == {"engine.py"}
