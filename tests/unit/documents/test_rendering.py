"""The documents' text, for Terraform's file() and for its templatefile()."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modules.quick_setup.documents import (
    AutomationDocument,
    DocumentError,
    load_documents,
    render,
    render_template,
)

BASELINES = json.dumps({"WINDOWS": {"value": "pb-${x}", "label": 'a "quoted" %{ name }'}})
VALUES = {
    "automation_assume_role": "arn:aws:iam::111122223333:role/r",
    "lambda_function_arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
    "bucket_name": "b",
    "patch_baselines": BASELINES,
}


def document_with(script: str, default: str = "none") -> AutomationDocument:
    """A document that carries a script."""
    content = {"parameters": {"P": {"type": "String", "default": default}}, "Script": script}
    return AutomationDocument(key="k", name_suffix="s", target_type=None, content=content)


def fill(template: str, values: Mapping[str, str]) -> dict[str, Any]:
    """What templatefile() makes of it, as JSON; every interpolation is a plain name.

    HCL reads $${ and %%{ as the literal ${ and %{, and every dollar before them as itself (tried
    with Terraform 1.11).
    """

    def replace(match: re.Match[str]) -> str:
        if match["escaped"]:
            return match["escaped"][1:]
        assert match["name"], f"a template directive: {match[0]}"
        return json.dumps(values[match["name"]])

    pattern = r"(?P<escaped>\$\$\{|%%\{)|(?:\$|%)\{(?:(?P<name>[a-z_]+)\})?"
    filled: dict[str, Any] = json.loads(re.sub(pattern, replace, template))
    return filled


@pytest.mark.parametrize("key", [key for key in load_documents() if key != "remediation"])
def test_a_rendered_document_is_the_document(key: str) -> None:
    document = load_documents()[key]
    text = render(document)
    assert json.loads(text) == document.content
    assert list(json.loads(text)) == list(document.content)
    assert text.endswith("}\n")
    assert text.isascii() or "\\u" not in text


def test_a_template_is_not_rendered_with_its_markers() -> None:
    with pytest.raises(DocumentError, match="patch_baselines are to be filled in"):
        render(load_documents()["remediation"])


def test_the_remediation_documents_defaults_are_filled_in() -> None:
    document = load_documents()["remediation"]
    assert document.placeholders == tuple(VALUES)
    filled = fill(render_template(document), VALUES)
    defaults = {name: value.pop("default") for name, value in filled["parameters"].items()}
    assert tuple(defaults.values()) == tuple(VALUES.values())
    unfilled = json.loads(json.dumps(document.content))
    for parameter in unfilled["parameters"].values():
        del parameter["default"]
    assert filled == unfilled


@given(st.text(st.sampled_from('$%{}"\\~ \n\té日€a')))
@example("${HOME} %{ if x }${~ y ~}%{ endif }")
@example("$${HOME} $$${HOME} %%{ if } %%%{ if }")
@example("\"${'a'}\" \\${b} template://name")
def test_a_script_survives_templatefile_untouched(script: str) -> None:
    document = document_with(script, "template://name")
    filled = fill(render_template(document), {"name": script})
    assert filled["Script"] == script
    assert filled["parameters"]["P"]["default"] == script


def test_a_script_that_quotes_a_marker_is_left_alone() -> None:
    script = '"default": "template://name"'
    assert fill(render_template(document_with(script)), {})["Script"] == script


def test_unicode_is_written_as_it_is() -> None:
    assert "日本 é" in render(document_with("日本 é"))
