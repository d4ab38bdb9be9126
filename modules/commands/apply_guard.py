"""Before an apply: no association of a stack may become the second one of its name.

Run as `python -m modules.commands.apply_guard` in the folder of a synthesized stack, before each
`terraform apply` of `cdktf deploy`. Everything else that exists already makes Terraform's own
create fail; State Manager makes a second association, and both run on the fleet.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from modules.commands.aws_session import AwsError, explained, identify, session
from modules.preflight.compare import find_obstacles
from modules.preflight.stack_files import StackFilesError, read_stack, region_of, runs_elsewhere
from modules.terraform_cli import TerraformCliError

ASSOCIATION = "aws_ssm_association"


def main(directory: Path) -> int:
    """1 where an apply would double an association, where one is doubled already, or where that
    cannot be found out; else 0.

    A run that HCP Terraform executes has credentials there and not here: nothing is looked for.
    """
    try:
        if runs_elsewhere(directory):
            return 0
        with explained():
            found = _second_associations(directory)
    except (AwsError, StackFilesError, TerraformCliError) as error:
        found = [f"Second associations could not be looked for: {error}"]
    sys.stderr.writelines(f"{each}\n" for each in found)
    if found:
        sys.stderr.write(f"{directory.resolve().name}: not applied; put this right, deploy again\n")
    return 1 if found else 0


def _second_associations(directory: Path) -> list[str]:
    aws = session(region_of(directory))
    caller = identify(aws, None)  # Terraform itself refuses another account than the pinned one
    stack = read_stack(directory, account=caller.account, partition=caller.partition)
    associations = tuple(each for each in stack.resources if each.type == ASSOCIATION)
    findings = find_obstacles(replace(stack, resources=associations), aws)
    return [finding.describe() for finding in findings]


if __name__ == "__main__":
    sys.exit(main(Path()))
