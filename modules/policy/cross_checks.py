"""What no single key shows: keys of one policy that do not go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.policy.build import build_targets
from modules.policy.problems import Finding, quote
from modules.policy.schedule import is_rate
from modules.policy.schema import with_defaults
from modules.policy.targets import target_values

LONGEST_PARAMETER = 512
"""Characters of an Automation parameter's value (SSM API, AutomationParameterValue)."""

LONGEST_TARGET_KEY = 163
"""Of an association's target `tag:<key>` (SSM API, Target); the AWS provider counts bytes."""

RESERVED_TAG_PREFIXES = ("QSConfigId-", "QSConfigName-", "QSConfigAttached-")

Policy = Mapping[str, Any]
Check = Callable[[Policy], Iterator[Finding]]


@dataclass(frozen=True)
class _CrossCheck:
    """A check and the keys that it reads: it runs only where all of them are sound."""

    keys: frozenset[str]
    check: Check


_CHECKS: list[_CrossCheck] = []


def _reads(*keys: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        _CHECKS.append(_CrossCheck(frozenset(keys), check))
        return check

    return register


def cross_check(policy: Policy, unsound: frozenset[str]) -> list[Finding]:
    """All that is wrong between the sound keys of one policy."""
    checks = [entry.check for entry in _CHECKS if not entry.keys & unsound]
    return [finding for check in checks for finding in check(policy)]


@_reads("operation", "install")
def _install_needs_its_operation(policy: Policy) -> Iterator[Finding]:
    operation = with_defaults(policy)["operation"]
    if operation == "Scan" and "install" in policy:
        message = "found with operation Scan; expected operation ScanAndInstall, or no install"
        yield Finding(("install",), message)


@_reads("scan")
def _scan_waits_with_cron_only(policy: Policy) -> Iterator[Finding]:
    yield from _waits_with_cron_only(policy, "scan")


@_reads("install")
def _install_waits_with_cron_only(policy: Policy) -> Iterator[Finding]:
    yield from _waits_with_cron_only(policy, "install")


def _waits_with_cron_only(policy: Policy, key: str) -> Iterator[Finding]:
    given = policy.get(key, {})
    schedule = given.get("schedule", "")
    if is_rate(schedule) and given.get("wait_for_next_interval"):
        message = f"found true with {schedule}, for which State Manager ignores it"
        yield Finding((key, "wait_for_next_interval"), f"{message}; expected false, or cron(...)")


@_reads("targets")
def _targets_fit_a_parameter(policy: Policy) -> Iterator[Finding]:
    (kind,) = policy["targets"]
    length = len(target_values(build_targets(policy["targets"])))
    if length > LONGEST_PARAMETER:
        message = f"found {length} characters as compact JSON; expected at most"
        yield Finding(("targets", kind), f"{message} {LONGEST_PARAMETER}, an Automation's limit")


@_reads("targets")
def _target_keys_have_no_plus(policy: Policy) -> Iterator[Finding]:
    """A tag with a value is the target key `tag:<key>`, whose characters SSM narrows further."""
    tag = policy["targets"].get("tag", {})
    if "value" in tag and "+" in tag["key"]:
        message = f"found {quote(tag['key'])} with a value; expected a key without +, or no value"
        yield Finding(("targets", "tag", "key"), message)


@_reads("targets")
def _target_keys_fit_the_provider(policy: Policy) -> Iterator[Finding]:
    tag = policy["targets"].get("tag", {})
    length = len(f"tag:{tag.get('key', '')}".encode())
    if "value" in tag and length > LONGEST_TARGET_KEY:
        message = f"found {length} bytes with tag: before it; expected at most {LONGEST_TARGET_KEY}"
        yield Finding(("targets", "tag", "key"), f"{message} bytes of UTF-8, or no value")


@_reads("configuration_id", "instance_roles")
def _own_id_is_not_another(policy: Policy) -> Iterator[Finding]:
    others = policy.get("instance_roles", {}).get("other_configuration_ids", [])
    for index, other in enumerate(others):
        if other == policy["configuration_id"]:
            path = ("instance_roles", "other_configuration_ids", index)
            yield Finding(path, f"found {quote(other)}, the policy's own; expected other policies'")


@_reads("instance_roles")
def _role_settings_need_the_role(policy: Policy) -> Iterator[Finding]:
    roles = policy.get("instance_roles", {})
    if roles.get("manage_default_role", True):
        return
    for key in ("adopt_default_role", "other_configuration_ids"):
        if roles.get(key):
            message = "found with manage_default_role: false; expected manage_default_role: true"
            yield Finding(("instance_roles", key), f"{message}, or the key left out")


@_reads("instance_roles")
def _the_policy_is_adopted_with_the_role(policy: Policy) -> Iterator[Finding]:
    roles = policy.get("instance_roles", {})
    if "adopt_baseline_policy" in roles and not roles.get("adopt_default_role"):
        message = "found without adopt_default_role: true; expected both, or the key left out"
        yield Finding(("instance_roles", "adopt_baseline_policy"), message)


@_reads("sharing", "organization")
def _sharing_names_its_organization(policy: Policy) -> Iterator[Finding]:
    sharing = with_defaults(policy)["sharing"]
    organization = policy.get("organization")
    if sharing == "local":
        if organization is not None:
            message = "found with sharing: local; expected another sharing, or no organization"
            yield Finding(("organization",), message)
    elif organization is None:
        yield Finding(("organization",), f"found nothing; expected it with sharing: {sharing}")
    elif sharing == "organizational_units" and "units" not in organization:
        yield Finding(
            ("organization", "units"), f"found nothing; expected units with sharing: {sharing}"
        )
    elif sharing == "entire_org" and "units" in organization:
        message = "found with sharing: entire_org; expected no units, or"
        yield Finding(("organization", "units"), f"{message} sharing: organizational_units")


@_reads("baseline_store", "sharing", "patch_baselines", "access_logs")
def _foreign_store_has_its_own_settings(policy: Policy) -> Iterator[Finding]:
    if "baseline_store" not in policy:
        return
    shared = with_defaults(policy)["sharing"] != "local"
    for key, given in (
        ("sharing", shared),
        ("patch_baselines", bool(policy.get("patch_baselines"))),
        ("access_logs", "access_logs" in policy),
    ):
        if given:
            message = "found with baseline_store; expected it in that account's policy alone"
            yield Finding((key,), message)


@_reads("patch_baselines", "home_region")
def _baselines_are_in_the_home_region(policy: Policy) -> Iterator[Finding]:
    home = policy["home_region"]
    for system, baseline in policy.get("patch_baselines", {}).items():
        region = baseline.split(":")[3] if ":" in baseline else home
        if region != home:
            message = f"found a baseline in {region}; expected one in the home region, {home}"
            yield Finding(("patch_baselines", system), message)


@_reads("tags")
def _tag_keys_are_ours_to_set(policy: Policy) -> Iterator[Finding]:
    for key in policy.get("tags", {}):
        for prefix in RESERVED_TAG_PREFIXES:
            if key.lower().startswith(prefix.lower()):
                message = f"found a key that begins with {prefix}; expected any other"
                yield Finding(("tags", key), f"{message}: the policy sets those tags itself")


@_reads("tags")
def _tag_keys_differ_by_more_than_case(policy: Policy) -> Iterator[Finding]:
    """IAM takes keys that differ only in case for the same key, and refuses the second."""
    first: dict[str, str] = {}
    for key in policy.get("tags", {}):
        same = first.setdefault(key.lower(), key)
        if same != key:
            message = f"found a key that differs from {quote(same)} only in case; expected one"
            yield Finding(("tags", key), f"{message} of them, as IAM takes them for the same")
