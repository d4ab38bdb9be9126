"""The tables are those that terraform-docs writes; the expected lines are from its golden files."""

from __future__ import annotations

from typing import Any

import pytest

from modules.plain.terraform_docs import BEGIN, END, documentation
from modules.plain.variable import REQUIRED, Variable

CONFIGURATION: dict[str, Any] = {
    "terraform": {
        "required_version": ">= 1.9",
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100.0"}},
    },
    "data": {"aws_caller_identity": {"current": {}}},
    "resource": [{"terraform_data": {"a_b": {}}}, {"aws_iam_role": {"instance": {}}}],
    "output": {"name_of": {"description": "It has a_b | c."}},
    "module": {"bar": {"source": "../.."}},
}


def variable(**values: Any) -> Variable:
    return Variable(**{"name": "a_b", "type": "string", "description": "It.", **values})


@pytest.mark.parametrize(
    "line",
    [
        '| <a name="requirement_aws"></a> [aws](#requirement\\_aws) | >= 5.100.0 |',
        '| <a name="provider_aws"></a> [aws](#provider\\_aws) | >= 5.100.0 |',
        '| <a name="provider_terraform"></a> [terraform](#provider\\_terraform) | n/a |',
        '| <a name="module_bar"></a> [bar](#module\\_bar) | ../.. | n/a |',
        "| [aws_caller_identity.current](https://registry.terraform.io/providers/hashicorp/aws/"
        "latest/docs/data-sources/caller_identity) | data source |",
        "| [terraform_data.a_b](https://registry.terraform.io/providers/hashicorp/terraform/"
        "latest/docs/resources/data) | resource |",
        '| <a name="output_name_of"></a> [name\\_of](#output\\_name\\_of) | It has a\\_b \\| c. |',
        "No inputs.",
    ],
)
def test_each_table_has_its_rows(line: str) -> None:
    assert line in documentation([CONFIGURATION], ()).splitlines()


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ({"default": REQUIRED}, "| It. | `string` | n/a | yes |"),
        ({"default": None}, "| It. | `string` | `null` | no |"),
        ({"default": ""}, '| It. | `string` | `""` | no |'),
        ({"type": "number", "default": 42}, "| It. | `number` | `42` | no |"),
        ({"type": "bool", "default": False}, "| It. | `bool` | `false` | no |"),
        ({"type": "list(string)", "default": []}, "| It. | `list(string)` | `[]` | no |"),
        (
            {"type": "map", "default": {"b": 2, "a": 1}},
            '| It. | `map` | <pre>{<br/>  "a": 1,<br/>  "b": 2<br/>}</pre> | no |',
        ),
        (
            {"description": "Not `in_code`, but_here.", "default": "x_y"},
            '| Not `in_code`, but\\_here. | `string` | `"x_y"` | no |',
        ),
    ],
)
def test_an_input_is_told_with_type_and_default(values: dict[str, Any], cells: str) -> None:
    name = '| <a name="input_a_b"></a> [a\\_b](#input\\_a\\_b) '
    assert name + cells in documentation([CONFIGURATION], [variable(**values)]).splitlines()


def test_everything_stands_between_the_markers() -> None:
    text = documentation([CONFIGURATION], [variable(default=1)])
    assert text.startswith(f"{BEGIN}\n## Requirements\n\n| Name | Version |\n| ---- | ------- |\n")
    assert "| ---- | ----------- | ---- | ------- | :------: |" in text
    assert text.endswith(f"|\n{END}")
