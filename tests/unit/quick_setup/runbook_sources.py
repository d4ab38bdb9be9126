"""Which API calls a document's steps and a Python source make, read from their sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import yaml
from botocore import xform_name

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = ROOT / "ssm_documents"
# What a step calls besides the API that it names.
EXECUTE_AUTOMATION = ("ssm.StartAutomationExecution", "ssm.GetAutomationExecution")


def document_keys() -> list[str]:
    """The folders of the documents."""
    return sorted(path.parent.name for path in DOCUMENTS.glob("*/document.yaml"))


def steps(document: str) -> dict[str, set[str]]:
    """Calls such as `ec2.CreateTags` by the step that makes them; other steps are left out."""
    folder = DOCUMENTS / document
    source = yaml.safe_load((folder / "document.yaml").read_text(encoding="utf-8"))
    found = {step["name"]: set(_calls_of(step, folder)) for step in source["mainSteps"]}
    return {name: calls for name, calls in found.items() if calls}


def _calls_of(step: dict[str, Any], folder: Path) -> Iterator[str]:
    inputs = step["inputs"]
    match step["action"]:
        case "aws:executeAwsApi":
            yield f"{inputs['Service']}.{inputs['Api']}"
        case "aws:executeAutomation":
            yield from EXECUTE_AUTOMATION
        case "aws:invokeLambdaFunction":
            yield "lambda.Invoke"
        case "aws:executeScript":
            script = folder / inputs["Script"].removeprefix("file://")
            yield from python_calls([script])
        case "aws:branch":
            return
        case action:
            raise AssertionError(f"{action}: which calls does it make?")


def python_calls(sources: list[Path]) -> set[str]:
    """The calls of boto3 clients: methods and paginators by the names that botocore gives them.

    A name that only one of the sources' services has is that service's; else the call's receiver
    tells, as `region.ec2.delete_tags` does.
    """
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    services = {_text(node) for node in nodes if _is_method(node, "client")}
    operations = _operations(services)
    found = set()
    for node in nodes:
        if not isinstance(node.func, ast.Attribute):
            continue
        name = _text(node) if _is_method(node, "get_paginator") else node.func.attr
        candidates = {call for call in operations.get(name, ()) if _fits(call, node.func.value)}
        found |= candidates or operations.get(name, set())
    return found


def _is_method(node: ast.Call, name: str) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == name


def _text(node: ast.Call) -> str:
    (first, *_) = node.args
    assert isinstance(first, ast.Constant), ast.unparse(node)
    return str(first.value)


def _operations(services: set[str]) -> dict[str, set[str]]:
    session = botocore.session.Session()
    found: dict[str, set[str]] = {}
    for service in services:
        for operation in session.get_service_model(service).operation_names:
            found.setdefault(xform_name(operation), set()).add(f"{service}.{operation}")
    return found


def _fits(call: str, receiver: ast.expr) -> bool:
    return call.partition(".")[0] == ast.unparse(receiver).rpartition(".")[2]
