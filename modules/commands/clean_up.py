"""`patch-policy clean-up`: what the runbooks left on nodes and roles, listed or removed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from modules.clean_up.find import find_name_tags, find_profile_associations, find_traces
from modules.clean_up.undo import undo
from modules.commands.aws_session import AwsError, explained, identify, session
from modules.policy.loader import load_policies
from modules.policy.locate import policy_files
from modules.policy.model import PatchPolicy
from modules.project.project import pinned_account


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
        help="take the default instance profile off instances too, whichever policy put it there: "
        "before the instance-role stack is destroyed",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each trace; 0 where none is left, 1 where some are, 2 where AWS could not be asked."""
    policies = load_policies(policy_files(arguments.policies))
    expected = pinned_account(Path())
    try:
        with explained():
            account = identify(session(policies[0].home_region), expected).account
            return sum(_clean_up(policy, account, arguments) for policy in policies) and 1
    except AwsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _clean_up(policy: PatchPolicy, account: str, arguments: argparse.Namespace) -> int:
    aws = session(policy.home_region)
    region = arguments.region
    traces = find_name_tags(policy, aws, [region]) if region else find_traces(policy, aws)
    if arguments.release_instances:
        traces += find_profile_associations(policy, aws)
    title = f"{policy.name} ({policy.configuration_id}) in account {account}"
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


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
