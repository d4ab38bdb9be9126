"""`patch-policy clean-up`: what the runbooks left on nodes and roles, listed or removed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from modules.clean_up.find import (
    find_name_tags,
    find_policy_bearers,
    find_profile_associations,
    find_traces,
)
from modules.clean_up.traces import Trace
from modules.clean_up.undo import undo
from modules.commands.aws_session import AwsError, Caller, explained, identify, session
from modules.policy.loader import load_policies
from modules.policy.locate import policy_files
from modules.policy.model import PatchPolicy
from modules.project.project import pinned_account
from modules.quick_setup.names import Place


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "policies",
        metavar="POLICY",
        type=Path,
        nargs="+",
        help="a policy file, or a folder of them",
    )
    parser.add_argument(
        "--yes", action="store_true", help="remove what is found (default: list it, exit status 1)"
    )
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument(
        "--region",
        metavar="REGION",
        help="only the name tags in this region, which need not be one of the policy's any more: "
        "after its stack was destroyed; roles are the other regions' too",
    )
    scope.add_argument(
        "--release-instances",
        action="store_true",
        help="take off instances the default instance profile too, whichever policy put it there, "
        "and off roles the policy for the baselines, whoever attached it: before the instance-role "
        "stack is destroyed",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each trace; 0 where none is left, 1 where some are, 2 where AWS could not be asked."""
    policies = load_policies(policy_files(arguments.policies))
    expected = pinned_account(Path())
    try:
        with explained():
            caller = identify(session(policies[0].home_region), expected)
            return sum(_clean_up(policy, caller, arguments) for policy in policies) and 1
    except AwsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _clean_up(policy: PatchPolicy, caller: Caller, arguments: argparse.Namespace) -> int:
    aws = session(policy.home_region)
    traces = _find(policy, caller, arguments)
    title = f"{policy.name} ({policy.configuration_id}) in account {caller.account}"
    if not traces:
        _say(f"{title}: its runbooks left nothing behind.")
        return 0
    _say(f"{title}: {'removing' if arguments.yes else 'found'}")
    for trace in traces:
        _say(f"  {trace.describe()}")
        if arguments.yes:
            undo(trace, aws)
    if arguments.yes:
        _say("Removed.")
        return 0
    _say("Nothing was changed. To remove this, say --yes.")
    return 1


def _find(policy: PatchPolicy, caller: Caller, arguments: argparse.Namespace) -> tuple[Trace, ...]:
    aws = session(policy.home_region)
    if arguments.region:
        return find_name_tags(policy, aws, [arguments.region])
    traces = find_traces(policy, aws)
    if not arguments.release_instances:
        return traces
    traces += find_profile_associations(policy, aws)
    if not policy.instance_roles.manage_default_role:  # then the baseline policy is others' too
        return traces
    place = Place(account=caller.account, partition=caller.partition, region=policy.home_region)
    return (*traces, *find_policy_bearers(place, aws, traces))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
