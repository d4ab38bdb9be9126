"""Terraform expressions as strings that mean the same in JSON and in HCL.

In Terraform's JSON every string is a template. So is every `str` that a binding is given:
`${...}` in it refers to something, and text that must stay as it is goes through `literal`.
"""

from __future__ import annotations

import re
from typing import Final, NewType

from modules.provider import hcl

Reference = NewType("Reference", str)
"""A template that is one expression, so that it may stand for a list, a map or a number too."""

# `${aws:PrincipalAccount}`, `${aws:username, 'x'}`; `${*}`, `${?}` and `${$}`. No expression of
# Terraform's begins so: its own colons follow a `?`, and a provider's functions have two.
_IAM_VARIABLE: Final = re.compile(r"(?<!\$)\$\{(?=[A-Za-z][\w-]*:(?!:)|[*?$]\})")


def reference(expression: str) -> Reference:
    """`var.name` -> `${var.name}`."""
    return Reference(f"${{{expression}}}")


def literal(text: str) -> str:
    """A template that yields the text as it is: `${` and `%{` in it start nothing."""
    return text.replace("${", "$${").replace("%{", "%%{")


def json_expression(value: object) -> Reference:
    """A JSON document as an expression, `${jsonencode(...)}`, for policies with references.

    `value` is what `json.dumps` takes. References in its strings are resolved; IAM's own policy
    variables (`${aws:PrincipalAccount}`, `${*}`) and every `%{` stay in the document.
    TypeError: something that JSON has no form for.
    """
    return reference(f"jsonencode({hcl.render_expression(_protected(value))})")


def _protected(value: object) -> object:
    if isinstance(value, str):
        return _IAM_VARIABLE.sub("$${", re.sub(r"(?<!%)%\{", "%%{", value))
    if isinstance(value, dict):
        return {_protected(key): _protected(item) for key, item in value.items()}
    return [_protected(item) for item in value] if isinstance(value, (list, tuple)) else value


def file(path: str) -> Reference:
    """The text of a file of the stack, as it is: nothing in it is interpolated."""
    return reference(f"file({_module_path(path)})")


def file_hash(path: str) -> Reference:
    """The base64 SHA-256 of a file of the stack, which is how Lambda gives a function's hash."""
    return reference(f"filebase64sha256({_module_path(path)})")


def template_file(path: str, variables: dict[str, object]) -> Reference:
    """A file of the stack with `${name}` and `%{...}` in it replaced by Terraform."""
    return reference(f"templatefile({_module_path(path)}, {hcl.render_expression(variables)})")


def stack_file(path: str) -> str:
    """The path of a file of the stack, for arguments that take a path."""
    return f"${{path.module}}/{literal(path)}"


def _module_path(path: str) -> str:
    return hcl.render_expression(stack_file(path))
