"""Values become HCL expressions that `terraform fmt` would leave alone."""

from __future__ import annotations

import pytest

from modules.provider.hcl import Bare, render_expression, split_template


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (3600, "3600"),
        (0.5, "0.5"),
        ("", '""'),
        ("1", '"1"'),
        ("true", '"true"'),
        ('{"a": "b"}', '"{\\"a\\": \\"b\\"}"'),
        ("back\\slash\ttab\nline\r", '"back\\\\slash\\ttab\\nline\\r"'),
        ("é 雪", '"é 雪"'),
        ("${aws_iam_role.a.arn}", "aws_iam_role.a.arn"),
        ("${ aws_iam_role.a.arn }", "aws_iam_role.a.arn"),
        ('a "${x.y}" b', '"a \\"${x.y}\\" b"'),
        ("${a}${b}", '"${a}${b}"'),
        ("$${aws:x} %%{if}", '"$${aws:x} %%{if}"'),
        ('${f("}", "${g("{")}")}', 'f("}", "${g("{")}")'),
        ('${f("\\"}")}-x', '"${f("\\"}")}-x"'),
        (Bare("aws_iam_role.a"), "aws_iam_role.a"),
        ([], "[]"),
        ({}, "{}"),
        (("a", 1), '["a", 1]'),
    ],
)
def test_a_value_is_rendered_as_an_expression(value: object, expected: str) -> None:
    assert render_expression(value) == expected


def test_neighbours_of_one_line_are_aligned_and_a_longer_value_ends_the_run() -> None:
    value = {"a": 1, "long key": "x", "map": {"b": 2}, "ccc": 3, "d": 4}
    assert render_expression(value) == "\n".join(
        [
            "{",
            "  a          = 1",
            '  "long key" = "x"',
            "  map = {",
            "    b = 2",
            "  }",
            "  ccc = 3",
            "  d   = 4",
            "}",
        ]
    )


def test_a_long_list_has_a_line_for_each_item() -> None:
    items = ["x" * 30, "y" * 30]
    assert render_expression(items) == f'[\n  "{items[0]}",\n  "{items[1]}",\n]'


def test_an_expression_of_several_lines_is_indented_to_where_it_stands() -> None:
    assert render_expression({"a": "${f({\n  x = 1\n})}"}) == "{\n  a = f({\n    x = 1\n  })\n}"


def test_a_template_is_split_at_its_sequences() -> None:
    parts = split_template('a $${b} ${c("}")} %{ if d }e%{ endif }')
    assert parts == ["a $${b} ", '${c("}")}', " ", "%{ if d }", "e", "%{ endif }"]


@pytest.mark.parametrize("template", ["${a", '${f("}', '${f("${g}}', "%{ if x"])
def test_rejects_a_sequence_without_its_end(template: str) -> None:
    with pytest.raises(ValueError, match="no end of"):
        split_template(template)


def test_rejects_what_no_terraform_value_is_made_from() -> None:
    with pytest.raises(TypeError, match="object"):
        render_expression({"a": object()})
