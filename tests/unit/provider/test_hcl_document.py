"""A configuration in JSON form and the same in HCL; Terraform itself compares them elsewhere."""

from __future__ import annotations

import pytest

from modules.provider.hcl_document import render_document


def test_blocks_are_told_from_attributes_by_the_schema() -> None:
    association = {
        "name": "AWS-RunPatchBaseline",
        "parameters": {"Operation": "Scan"},
        "targets": [{"key": "tag:a", "values": ["1"]}, {"key": "tag:b", "values": ["2"]}],
        "output_location": {"s3_bucket_name": "logs"},
    }
    document = render_document({"resource": {"aws_ssm_association": {"scan": association}}})
    assert document == (
        'resource "aws_ssm_association" "scan" {\n'
        '  name = "AWS-RunPatchBaseline"\n'
        "  parameters = {\n"
        '    Operation = "Scan"\n'
        "  }\n\n"
        "  output_location {\n"
        '    s3_bucket_name = "logs"\n'
        "  }\n\n"
        "  targets {\n"
        '    key    = "tag:a"\n'
        '    values = ["1"]\n'
        "  }\n\n"
        "  targets {\n"
        '    key    = "tag:b"\n'
        '    values = ["2"]\n'
        "  }\n"
        "}\n"
    )


def test_addresses_and_keywords_are_not_quoted() -> None:
    data = {
        "provisioner": [{"local-exec": {"command": "true", "when": "destroy"}}],
        "lifecycle": {
            "ignore_changes": ["input"],
            "replace_triggered_by": ["aws_iam_role.a.arn"],
            "precondition": [{"condition": "${var.a}", "error_message": "no"}],
        },
        "depends_on": ["aws_iam_role.a"],
    }
    document = render_document(
        {
            "//": {"metadata": {}},
            "resource": {"terraform_data": {"pause": data}},
            "import": [{"to": "terraform_data.pause", "id": "x"}],
            "moved": [{"from": "terraform_data.old", "to": "terraform_data.pause"}],
            "variable": {"a": {"type": "list(string)", "validation": [{"condition": "${a}"}]}},
        }
    )
    assert document == (
        'resource "terraform_data" "pause" {\n'
        '  provisioner "local-exec" {\n'
        '    command = "true"\n'
        "    when    = destroy\n"
        "  }\n\n"
        "  lifecycle {\n"
        "    ignore_changes       = [input]\n"
        "    replace_triggered_by = [aws_iam_role.a.arn]\n\n"
        "    precondition {\n"
        "      condition     = var.a\n"
        '      error_message = "no"\n'
        "    }\n"
        "  }\n\n"
        "  depends_on = [aws_iam_role.a]\n"
        "}\n\n"
        "import {\n"
        "  to = terraform_data.pause\n"
        '  id = "x"\n'
        "}\n\n"
        "moved {\n"
        "  from = terraform_data.old\n"
        "  to   = terraform_data.pause\n"
        "}\n\n"
        'variable "a" {\n'
        "  type = list(string)\n\n"
        "  validation {\n"
        "    condition = a\n"
        "  }\n"
        "}\n"
    )


def test_settings_of_terraform_are_blocks() -> None:
    document = render_document(
        {
            "terraform": {
                "backend": {"s3": {"bucket": "b"}},
                "required_providers": {"aws": {"source": "hashicorp/aws"}},
                "required_version": ">= 1.5",
            },
            "provider": {"aws": [{"region": "x"}, {"alias": "y", "region": "y"}]},
        }
    )
    assert document == (
        "terraform {\n"
        '  required_version = ">= 1.5"\n\n'
        "  required_providers {\n"
        "    aws = {\n"
        '      source = "hashicorp/aws"\n'
        "    }\n"
        "  }\n\n"
        '  backend "s3" {\n'
        '    bucket = "b"\n'
        "  }\n"
        "}\n\n"
        'provider "aws" {\n'
        '  region = "x"\n'
        "}\n\n"
        'provider "aws" {\n'
        '  alias  = "y"\n'
        '  region = "y"\n'
        "}\n"
    )


def test_rejects_a_type_whose_schema_is_not_known() -> None:
    with pytest.raises(KeyError, match="aws_vpc"):
        render_document({"resource": {"aws_vpc": {"a": {}}}})


def test_a_text_beside_a_block_is_its_comment() -> None:
    """CDKTF's own metadata has the same key, and is none."""
    document = render_document(
        {
            "//": {"metadata": {}},
            "resource": [
                {"terraform_data": {"b": {"//": "First, on purpose.\n\nSecond line.", "input": 1}}},
                {"terraform_data": {"a": {"//": {"metadata": {"path": "x"}}, "input": 2}}},
            ],
        }
    )
    assert document == (
        "# First, on purpose.\n"
        "#\n"
        "# Second line.\n"
        'resource "terraform_data" "b" {\n'
        "  input = 1\n"
        "}\n\n"
        'resource "terraform_data" "a" {\n'
        "  input = 2\n"
        "}\n"
    )


def test_how_many_there_are_comes_first() -> None:
    resource = {"input": 1, "count": "${var.a ? 1 : 0}", "depends_on": ["aws_iam_role.a"]}
    assert render_document({"resource": {"terraform_data": {"b": resource}}}) == (
        'resource "terraform_data" "b" {\n'
        "  count = var.a ? 1 : 0\n\n"
        "  input = 1\n\n"
        "  depends_on = [aws_iam_role.a]\n"
        "}\n"
    )
