"""Before an apply: no association of a stack may become the second one of its name.

Run as `python -m modules.commands.apply_guard` in the folder of a synthesized stack, before each
`terraform apply` of `cdktf deploy`. Everything else that exists already makes Terraform's own
create fail; State Manager makes a second association, and both run on the fleet.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from modules.commands.aws_session import AwsError, explained, session
from modules.preflight.compare import find_obstacles
from modules.preflight.stack_files import StackFilesError, read_stack, region_of
from modules.terraform_cli import TerraformCliError

ASSOCIATION = "aws_ssm_association"


def main(directory: Path) -> int:
    """1 where an apply would double an association, or one is doubled already; else 0.

    Where AWS or the state cannot be read from here, as with runs that HCP Terraform executes, it
    says so and lets Terraform go on, which will need both.
    """
    try:
        with explained():
            found = _second_associations(directory)
    except (AwsError, StackFilesError, TerraformCliError) as error:
        sys.stderr.write(f"Second associations were not looked for: {error}\n")
        return 0
    for each in found:
        sys.stderr.write(f"{each}\n")
    if found:
        sys.stderr.write(f"{directory.resolve().name}: not applied; put this right, deploy again\n")
    return 1 if found else 0


def _second_associations(directory: Path) -> list[str]:
    aws = session(region_of(directory))
    identity = aws.client("sts").get_caller_identity()
    stack = read_stack(
        directory, account=identity["Account"], partition=identity["Arn"].split(":")[1]
    )
    associations = tuple(each for each in stack.resources if each.type == ASSOCIATION)
    findings = find_obstacles(replace(stack, resources=associations), aws)
    return [finding.describe() for finding in findings]


if __name__ == "__main__":
    sys.exit(main(Path()))
