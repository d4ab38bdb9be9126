"""The schema as a contract: what editors need of it, and what other parts rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from modules.policy.formats import FORMATS
from modules.policy.keywords import KEYWORDS
from modules.policy.model import InstanceRoles, PatchPolicy, RateControl
from modules.policy.operating_systems import OPERATING_SYSTEMS
from modules.policy.schema import policy_schema, resolve, with_defaults
from modules.quick_setup import names

SCHEMA = policy_schema()
ANNOTATIONS = {"$schema", "$defs", "$ref", "title", "description", "examples", "default"}
ANNOTATIONS |= {"x-default", "patternErrorMessage"}
Schema = Mapping[str, Any]


def properties(schema: Schema = SCHEMA, path: str = "") -> Iterator[tuple[str, Schema, bool]]:
    """Every key at every depth: its path, its definition, and whether it is required."""
    for key, subschema in schema.get("properties", {}).items():
        definition = resolve(subschema)
        yield f"{path}.{key}", definition, key in schema.get("required", ())
        yield from properties(definition, f"{path}.{key}")


def subschemas(value: object = SCHEMA) -> Iterator[Schema]:
    """Every mapping in the schema that has a keyword in it."""
    if isinstance(value, dict):
        if value.keys() & KEYWORDS.keys():
            yield value
        for name, item in value.items():
            if name not in ("examples", "default"):
                yield from subschemas(item)


ALL = list(properties())
each_key = pytest.mark.parametrize("definition", [d for _, d, _ in ALL], ids=[p for p, _, _ in ALL])


def test_schema_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@each_key
def test_every_key_has_title_description_and_examples(definition: Schema) -> None:
    assert definition["title"]
    assert definition["description"].endswith(".")
    assert definition["examples"]


@each_key
def test_every_example_is_right(definition: Schema) -> None:
    whole = {**definition, "$defs": SCHEMA["$defs"]}
    for example in definition["examples"]:
        Draft202012Validator(whole).validate(example)
        if "format" in definition:
            assert FORMATS[definition["format"]](example) is None


@pytest.mark.parametrize(
    ("path", "definition", "is_required"), ALL, ids=[path for path, _, _ in ALL]
)
def test_every_optional_key_states_its_default(
    path: str, definition: Schema, is_required: bool
) -> None:
    kind_of_targets = path.startswith(".targets.") and path.count(".") == 2
    stated = "default" in definition or "x-default" in definition
    assert stated != is_required or kind_of_targets


@each_key
def test_every_mapping_refuses_unknown_keys_or_checks_them(definition: Schema) -> None:
    if definition["type"] == "object":
        assert definition["additionalProperties"] is False or "propertyNames" in definition


def test_every_keyword_used_has_words_of_our_own() -> None:
    used = {key for schema in subschemas() for key in schema} - ANNOTATIONS
    assert used <= KEYWORDS.keys() | {"properties", "items"}


def test_every_pattern_is_for_the_whole_text_and_means_the_same_in_editors() -> None:
    """`\\d` and `\\w` are wider in Python than in the JavaScript of editors."""
    patterns = [schema["pattern"] for schema in subschemas() if "pattern" in schema]
    assert patterns
    for pattern in patterns:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert "\\" not in pattern


def test_every_pattern_has_a_message() -> None:
    for schema in subschemas():
        assert ("pattern" in schema) == ("patternErrorMessage" in schema)


def test_patch_baselines_are_for_the_operating_systems_of_patch_manager() -> None:
    keys = SCHEMA["properties"]["patch_baselines"]["properties"]
    assert tuple(keys) == OPERATING_SYSTEMS


def test_defaults_are_those_of_the_model() -> None:
    filled = with_defaults({})
    model = PatchPolicy.__dataclass_fields__
    assert filled["rate_control"] == vars(RateControl())
    assert filled["instance_roles"] == {**vars(InstanceRoles()), "other_configuration_ids": []}
    assert filled["name_tag"] == {"exclusive": model["exclusive_name_tag"].default}
    for key in ("explorer", "sharing", "document_name_prefix"):
        assert filled[key] == model[key].default


def test_the_longest_names_that_the_schema_lets_through_fit() -> None:
    """63 characters in a bucket's name, 64 in a role's and a function's, 128 in the others."""
    configuration_id, region = "a" * 10, "us-" + "x" * 15 + "-1"
    account = "1" * 12
    longest = {
        63: [
            names.baseline_bucket(account, configuration_id),
            names.access_log_bucket(account, configuration_id),
        ],
        64: [
            names.baseline_function(configuration_id),
            names.baseline_function_role(configuration_id),
            names.remediation_role(configuration_id),
            names.automation_role(configuration_id, region),
            names.explorer_role(configuration_id, region),
        ],
        128: [
            names.association("AttachIAMToHybridInstance", configuration_id),
            names.role_tag_key(configuration_id),
            names.name_tag_key(configuration_id),
            # the longest of the documents' names, after the longest prefix
            "P" * 80 + f"-CreateAndAttachIAMToHybridNode-{configuration_id}",
        ],
    }
    assert len(region) == SCHEMA["$defs"]["region"]["maxLength"]
    assert "{4,10}" in SCHEMA["$defs"]["configuration_id"]["pattern"]
    assert SCHEMA["properties"]["document_name_prefix"]["maxLength"] == 80
    for limit, texts in longest.items():
        for text in texts:
            assert len(text) <= limit, text


def test_defaults_of_nested_keys_fill_a_mapping_that_is_given_in_part() -> None:
    filled = with_defaults({"rate_control": {"max_errors": 5}})
    assert filled["rate_control"] == {"max_concurrency": "10%", "max_errors": 5}


def test_filling_in_defaults_changes_neither_data_nor_schema() -> None:
    before = json.dumps(SCHEMA)
    data = yaml.safe_load("rate_control: {}")
    with_defaults(data)["tags"]["x"] = "y"
    assert data == {"rate_control": {}}
    assert json.dumps(SCHEMA) == before
