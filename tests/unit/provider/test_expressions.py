"""What goes into Terraform as an expression, and what stays text."""

from __future__ import annotations

import pytest

from modules.provider import expressions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${aws_iam_role.a.arn}", "${aws_iam_role.a.arn}"),
        ("${var.a}:${aws:PrincipalAccount}", "${var.a}:$${aws:PrincipalAccount}"),
        ("${aws:PrincipalTag/Team, 'none'}", "$${aws:PrincipalTag/Team, 'none'}"),
        ("${*} ${?} ${$}", "$${*} $${?} $${$}"),
        ("$${aws:username}", "$${aws:username}"),
        ("${provider::aws::arn_parse(x)}", "${provider::aws::arn_parse(x)}"),
        ("${a ? b : c}", "${a ? b : c}"),
        ("%{ if a }", "%%{ if a }"),
    ],
)
def test_in_a_policy_references_are_resolved_and_iams_own_variables_stay(
    text: str, expected: str
) -> None:
    expression = expressions.json_expression({"Resource": f"x {text}"})
    assert expression == f'${{jsonencode({{\n  Resource = "x {expected}"\n}})}}'


def test_keys_of_a_policy_are_treated_as_its_values_are() -> None:
    expression = expressions.json_expression({"aws:PrincipalTag/${aws:username}": [1]})
    assert expression == '${jsonencode({\n  "aws:PrincipalTag/$${aws:username}" = [1]\n})}'


def test_literal_text_starts_no_sequence() -> None:
    assert expressions.literal("echo ${HOME} %{x}") == "echo $${HOME} %%{x}"


def test_files_of_the_stack_are_named_relative_to_it() -> None:
    assert expressions.file("documents/a.json") == '${file("${path.module}/documents/a.json")}'
    assert expressions.file_hash("x.zip") == '${filebase64sha256("${path.module}/x.zip")}'
    assert expressions.stack_file("x.zip") == "${path.module}/x.zip"


def test_a_template_file_gets_its_variables() -> None:
    rendered = expressions.template_file("a.tftpl", {"bucket": "${var.bucket}", "n": 1})
    assert rendered == (
        '${templatefile("${path.module}/a.tftpl", {\n  bucket = var.bucket\n  n      = 1\n})}'
    )
