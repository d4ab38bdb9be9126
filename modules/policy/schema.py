"""The policy file's JSON Schema: what it finds wrong, and the defaults it states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from modules.policy.keywords import KEYWORDS
from modules.policy.problems import Finding
from modules.policy.yaml_values import Value

Schema = Mapping[str, Any]
RULES: Mapping[str, str] = MappingProxyType(
    {
        "required": "missing-key",
        "additionalProperties": "unknown-key",
        "type": "wrong-type",
        "minProperties": "exclusive-keys",
    }
)


@cache
def policy_schema() -> dict[str, Any]:
    """The JSON Schema of the policy file. It is shared: do not change it."""
    text = files(__package__).joinpath("policy.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_schema(data: Value) -> list[Finding]:
    """All that the schema finds wrong with the data."""
    errors = _validator().iter_errors(data)
    return [Finding(tuple(error.absolute_path), error.message, _rule(error)) for error in errors]


def _rule(error: ValidationError) -> str:
    """The id of the rule that a keyword stands for."""
    if error.validator_value == "state-manager-schedule":
        return "invalid-schedule"
    return RULES.get(str(error.validator), "wrong-value")


def with_defaults(data: Mapping[str, Any], schema: Schema | None = None) -> dict[str, Any]:
    """The data with the schema's defaults for the keys that are left out, at every depth."""
    properties: Schema = (policy_schema() if schema is None else schema).get("properties", {})
    filled = dict(data)
    for key, subschema in properties.items():
        definition = resolve(subschema)
        if key not in filled and "default" in definition:
            filled[key] = definition["default"]
        if isinstance(filled.get(key), dict):
            filled[key] = with_defaults(filled[key], definition)
    return filled


def resolve(subschema: Schema) -> Schema:
    """A subschema with what its `$ref` points to; what stands beside the `$ref` wins."""
    if "$ref" not in subschema:
        return subschema
    name = subschema["$ref"].removeprefix("#/$defs/")
    return {**policy_schema()["$defs"][name], **subschema}


@cache
def _validator() -> Validator:
    policy_validator = extend(Draft202012Validator, KEYWORDS)  # type: ignore[no-untyped-call] # it has no types
    validator: Validator = policy_validator(policy_schema())
    return validator
