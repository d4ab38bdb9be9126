"""Every rule: its stable id, and what it finds in a few words.

`docs/document-rules.md` explains each: what, why, and how to fix it. An id is never given another
meaning, as users name it in `--ignore` and in their own tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        # Files, policies and documents alike
        "unreadable-file": "a file that cannot be read as text of a sensible size",
        "unrecognized-file": "a file that is neither a patch policy nor a Systems Manager document",
        "syntax": "YAML or JSON that does not parse",
        "plain-data": "a value that JSON does not know, or far too many of them",
        "repeated-key": "a key that a mapping has twice",
        "unknown-key": "a key that is not known here",
        "missing-key": "a key that has to be here",
        "wrong-type": "a value of another type than expected",
        "wrong-value": "a value that is not allowed",
        "exclusive-keys": "keys of which exactly one may be given",
        # Policies
        "invalid-schedule": "a schedule that State Manager refuses",
        "conflicting-keys": "keys of a policy that do not go together",
        "conflicting-policies": "policies of one app that do not go together",
        # The order of steps
        "repeated-step-name": "a step's name that another step has too",
        "missing-step": "a step to go on with that is not there",
        "unreachable-step": "a step that no other step leads to",
        "endless-loop": "steps that go round without a way out",
        "cancel-target": "a step that cannot follow a cancellation",
        # References
        "unknown-reference": "a {{ reference }} to nothing",
        "unavailable-output": "a {{ reference }} to the output of a step that did not run before",
        "reference-type": "a {{ reference }} of another type than its place takes",
        "parameter-store-reference": "{{ ssm:parameter }} where it is not resolved",
        "variable-value": "a variable's new value of another type than the variable's",
        # API calls
        "unknown-service": "a service that boto3 does not know",
        "unknown-api": "an API operation that the service does not have",
        "streaming-api": "an API operation that streams its answer",
        "unknown-api-parameter": "a parameter that the API operation does not take",
        "missing-api-parameter": "a parameter that the API operation needs",
        "api-parameter-type": "a parameter's value of another type than the API operation takes",
        # Outputs
        "invalid-selector": "a selector that is no JSONPath",
        "selector-without-match": "a selector that no answer can match",
        "output-type": "an output's type that is not that of what is selected",
        "repeated-output": "an output's name that the step's earlier output has",
        # Scripts
        "dead-runtime": "a runtime that Automation runs no more",
        "script-file": "a script file that is not there",
        "script-syntax": "a script that does not parse",
        "script-handler": "a script without the function that its step calls",
        # Parameters
        "parameter-default": "a default that the parameter's own constraints refuse",
        "parameter-pattern": "an allowedPattern that is no regular expression",
        # The document as a whole
        "document-size": "a document that is larger than Systems Manager takes",
    }
)
