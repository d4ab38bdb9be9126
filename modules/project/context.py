"""What cdktf.json says to us: the members of its context that are ours, checked."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from modules.policy.keywords import KEYWORDS
from modules.policy.problems import Finding, PolicyError, Problem, describe
from modules.policy.spelling import nearest_key

CONFIGURATION = "cdktf.json"
# The CDKTF command line hands the context over in this variable (cdktf: app.ts).
CONTEXT_VARIABLE = "CDKTF_CONTEXT_JSON"
# CDKTF adds its own members to the context, which are not ours to judge.
OWN_CONTEXT_KEYS = ("policies", "account", "backend")


def own_context(folder: Path, **instead: Any) -> dict[str, Any]:
    """The context's members that are ours, with others in their place. Raises PolicyError."""
    context = {**_context(folder), **instead}
    _check_spelling(context)
    own = {key: context[key] for key in OWN_CONTEXT_KEYS if key in context}
    check_context(own, CONFIGURATION, ("context",))
    return own


def _check_spelling(context: Mapping[str, Any]) -> None:
    """A key that is almost one of ours is refused: else an account, say, would guard nothing."""
    findings = [
        Finding(("context", key), f"found an unknown key; expected {meant}")
        for key in sorted(context.keys() - set(OWN_CONTEXT_KEYS))
        if (meant := nearest_key(key, OWN_CONTEXT_KEYS, likeness=0.75))
    ]
    if findings:
        raise PolicyError(finding.in_file(CONFIGURATION) for finding in findings)


def check_context(own: Mapping[str, Any], source: str, path: tuple[str, ...]) -> None:
    """Raises PolicyError with all that is wrong; `source` and `path` say where the members are."""
    findings = [
        Finding((*path, *error.absolute_path), error.message)
        for error in _validator().iter_errors(own)
    ]
    if findings:
        raise PolicyError(finding.in_file(source) for finding in findings)


def _context(folder: Path) -> Mapping[str, Any]:
    handed_over = os.environ.get(CONTEXT_VARIABLE)
    source = CONTEXT_VARIABLE if handed_over else CONFIGURATION
    try:
        if handed_over:
            context = json.loads(handed_over)
        else:
            context = _configuration(folder).get("context", {})
    except (ValueError, RecursionError) as error:
        message = f"found no JSON ({error}); expected CDKTF's configuration"
        raise PolicyError([Problem(source, "$", message)]) from None
    return _mapping(context, source, "$.context")


def _configuration(folder: Path) -> dict[str, Any]:
    """All of cdktf.json. Raises ValueError where it is no JSON."""
    try:
        found = json.loads((folder / CONFIGURATION).read_bytes())
    except FileNotFoundError:
        message = "not found; expected in the folder in which the app is run"
        raise PolicyError([Problem(CONFIGURATION, "$", message)]) from None
    except OSError as error:
        message = f"cannot be read ({error.strerror}); expected a file, CDKTF's configuration"
        raise PolicyError([Problem(CONFIGURATION, "$", message)]) from None
    return _mapping(found, CONFIGURATION, "$")


def _mapping(found: object, source: str, path: str) -> dict[str, Any]:
    if isinstance(found, dict):
        return found
    message = f"found {describe(found)}; expected a mapping"
    raise PolicyError([Problem(source, path, message)])


@cache
def _validator() -> Any:
    schema = json.loads(files(__package__).joinpath("context.schema.json").read_text("utf-8"))
    validator = extend(Draft202012Validator, KEYWORDS)  # type: ignore[no-untyped-call] # no types
    return validator(schema)
