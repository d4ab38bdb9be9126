"""What a module's variables refuse: as the policy file's schema does, where a pattern says it.

OpenTofu lets a validation refer to its own variable alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modules.plain.variable import Validation
from modules.policy.schema import policy_schema, resolve

_TAG_CHARACTERS: Final = r"[\p{L}\p{Z}\p{N}_.:/=+@-]"
"""Of IAM and SSM; those of EC2 are more."""
_SCHEDULE: Final = r"^(rate\([1-9][0-9]* (minute|hour|day)s?\)|cron\(([^ ]+ ){5,6}[^ ]+\))$"
_BUCKET: Final = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
# Amazon CloudWatch Logs API Reference, PutRetentionPolicy.
_RETENTION_DAYS: Final = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
    2922, 3288, 3653,
)  # fmt: skip


def as_in_policy(name: str, *path: str, each_of: str | None = None) -> Validation:
    """What the policy file's schema asks of the key at this path.

    `each_of`: an expression of a list, for a variable of several such values.
    """
    rule: Mapping[str, Any] = policy_schema()
    for key in path:
        rule = resolve(rule)
        rule = rule["items"] if key == "[]" else rule["properties"][key]
    rule = resolve(rule)
    message = str(rule["patternErrorMessage"]).removeprefix("expected ")
    value = "each" if each_of else f"var.{name}"
    conditions = [_matches(rule["pattern"], value)]
    if "maxLength" in rule:
        conditions.append(f"length({value}) <= {rule['maxLength']}")
        message += f"; {rule['maxLength']} characters at most"
    condition = " && ".join(conditions)
    return Validation(
        condition=f"alltrue([for each in {each_of} : {condition}])" if each_of else condition,
        error_message=f"Expected {message}.",
    )


def is_schedule(name: str) -> Validation:
    """State Manager's own rules are more; these find a crontab's five fields, and what is none."""
    return Validation(
        condition=_matches(_SCHEDULE, f"var.{name}"),
        error_message="Expected rate(<number> minutes, hours or days), or cron(<minutes> <hours> "
        "<day of month> <month> <weekday> <year>).",
    )


def is_tag_text(name: str, longest: int) -> Validation:
    """A tag's key or value."""
    return Validation(
        condition=_matches(f"^{_TAG_CHARACTERS}{{1,{longest}}}$", f"var.{name}"),
        error_message=f"Expected 1 to {longest} letters, digits, spaces and _ . : / = + - @, as "
        "in tags.",
    )


def are_tags(name: str) -> Validation:
    """A map of tags."""
    key, value = _matches(f"^{_TAG_CHARACTERS}{{1,128}}$", "key"), f"^{_TAG_CHARACTERS}{{0,256}}$"
    return Validation(
        condition=f"alltrue([for key, value in var.{name} : {key} && {_matches(value, 'value')}])",
        error_message="Expected letters, digits, spaces and _ . : / = + - @: 1 to 128 of them as a "
        "key, 256 at most as a value.",
    )


def is_bucket(expression: str) -> Validation:
    """The name of an S3 bucket."""
    return Validation(
        condition=_matches(_BUCKET, expression),
        error_message="Expected a bucket's name: 3 to 63 lower-case letters, digits, dots and "
        "hyphens.",
    )


def is_retention(name: str) -> Validation:
    """What CloudWatch Logs takes."""
    days = ", ".join(map(str, _RETENTION_DAYS))
    return Validation(
        condition=f"contains([{days}], var.{name})",
        error_message=f"Expected what CloudWatch Logs takes, 0 being for ever: {days}.",
    )


def _matches(pattern: str, expression: str) -> str:
    escaped = pattern.replace("\\", "\\\\")
    return f'can(regex("{escaped}", {expression}))'
