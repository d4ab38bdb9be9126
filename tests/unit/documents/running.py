"""Run a script of an Automation document the way Systems Manager does."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from modules.quick_setup.documents import load_documents
from modules.quick_setup.documents.source import ROOT


def step(key: str, name: str) -> dict[str, Any]:
    """A step of one of our documents, its script in place."""
    steps: list[dict[str, Any]] = load_documents()[key].content["mainSteps"]
    return next(step for step in steps if step["name"] == name)


def run(key: str, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Execute the step's text in a fresh namespace and call its handler(events, context)."""
    inputs = step(key, name)["inputs"]
    assert payload.keys() == inputs["InputPayload"].keys(), "the step hands over other keys"
    namespace: dict[str, Any] = {"__name__": "automation"}
    source = _files().get(inputs["Script"], name)  # for tracebacks, and for measuring coverage
    exec(compile(inputs["Script"], source, "exec"), namespace)  # noqa: S102 - as Automation does
    handler: Callable[[object, object], dict[str, Any]] = namespace[inputs["Handler"]]
    return handler(copy.deepcopy(payload), {"global:REGION": "eu-west-1"})


@cache
def _files() -> dict[str, str]:
    """The script files by their text."""
    return {path.read_text(encoding="utf-8"): str(path) for path in ROOT.rglob("*.py")}
