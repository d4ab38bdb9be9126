"""The demonstration, step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from modules.demo import report
from modules.demo.fleet_table import fleet_table
from modules.demo.nodes import look_at
from modules.demo.passing_time import end_of_first_window, pass_time
from modules.demo.report import Reader
from modules.demo.sessions import administrator, bearer
from modules.demo.stage import obstacles, placed
from modules.demo.tools import run
from modules.demo.workspace import REPOSITORY, Workspace
from modules.local_aws import LocalAws, load_fleet
from modules.local_aws.principals import DEFAULT_ACCOUNT
from modules.policy.loader import load_policy
from modules.policy.model import Operation, PatchPolicy
from modules.policy.problems import PolicyError
from modules.quick_setup import names

DONE = re.compile(r"(\S+): (Creation|Import) complete")
SLOW = {
    "aws_s3_bucket_lifecycle_configuration": "S3 takes a minute until a bucket's lifecycle is sure",
    "terraform_data": "new roles take half a minute until they can be assumed",
}


@dataclass
class Demonstration:
    """Deploys a policy into an embedded AWS of its own and shows what came of it."""

    policy_file: Path
    fleet_file: Path
    workspace: Workspace
    console: Console
    _told: set[str] = field(default_factory=set)
    _done: int = 0

    def run(self) -> None:
        """All steps. Raises PolicyError, TerraformCliError or ToolError where one fails."""
        policy = load_policy(self.policy_file)
        if found := list(obstacles(policy)):
            raise PolicyError(finding.in_file(str(self.policy_file)) for finding in found)
        fleet = placed(load_fleet(self.fleet_file), policy.home_region)
        self.workspace.clear()
        with LocalAws.start(fleet) as aws:
            environment = self.workspace.environment(aws.url, policy.home_region)
            shown = f"the fleet of {self._relative(self.fleet_file)} in {policy.home_region}"
            self._step(f"An embedded AWS answers on {aws.url}, with {shown}")
            self.workspace.prepare(self.policy_file)
            self._deploy(environment)
            self._show(policy, aws)
            self._let_time_pass(policy, aws)
            self._prove_second_plan_empty(environment)
        self._step("Nothing is left running. `make demo-down` removes the folder .demo")

    def _deploy(self, environment: dict[str, str]) -> None:
        folder, log = self.workspace.folder, self.workspace.folder / "cdktf.log"
        self._step(f"cdktf synth: {self._relative(self.policy_file)} becomes Terraform")
        run(["cdktf", "synth"], folder, environment, log=log)
        total = self.workspace.resource_count()
        stacks = ", ".join(stack.name for stack in self.workspace.stack_folders())
        self.console.print(f"  {total} resources in the stacks {stacks}", soft_wrap=True)
        self._step("cdktf deploy '*': the real CDKTF, the real hashicorp/aws provider")
        run(
            ["cdktf", "deploy", "*", "--auto-approve", "--skip-synth", "--skip-provider-lock"],
            folder,
            environment,
            log=log,
            on_line=lambda line: self._progress(line, total),
        )

    def _progress(self, line: str, total: int) -> None:
        if done := DONE.search(line):
            self._done += 1
            self.console.print(
                f"  {self._done:>3}/{total} {done[1]}", highlight=False, soft_wrap=True
            )
        for type_, reason in SLOW.items():
            if f"{type_}." in line and "Still creating" in line and type_ not in self._told:
                self._told.add(type_)
                self.console.print(f"      … {reason}", style="dim")

    def _show(self, policy: PatchPolicy, aws: LocalAws) -> None:
        owner = administrator(aws, DEFAULT_ACCOUNT, policy.home_region)
        node = bearer(aws, names.DEFAULT_ROLE, policy.home_region)
        self._step("What State Manager has now")
        self.console.print(report.associations(policy, owner))
        self._step(f"{names.OVERRIDES_KEY}, as a node reads it")
        self.console.print(report.overrides(policy, node, DEFAULT_ACCOUNT))
        self._step("Who may read it: each tries")
        self.console.print(report.readers(policy, DEFAULT_ACCOUNT, self._readers(policy, aws)))

    def _let_time_pass(self, policy: PatchPolicy, aws: LocalAws) -> None:
        owner = administrator(aws, DEFAULT_ACCOUNT, policy.home_region)
        nodes = aws.state.nodes.at((DEFAULT_ACCOUNT, policy.home_region)).values()
        fleet = [(machine.id, machine.node) for machine in nodes]
        self._step("The fleet before State Manager has run anything")
        self.console.print(fleet_table(look_at(policy, owner, fleet)))
        until = end_of_first_window(policy, aws.state.now())
        self._step(
            f"The clock moves to {until:%A %d %B, %H:%M} UTC, past the first {_kind(policy)}"
        )
        pass_time(aws, until, self.console)
        self._step("The fleet afterwards")
        self.console.print(fleet_table(look_at(policy, owner, fleet)))

    def _readers(self, policy: PatchPolicy, aws: LocalAws) -> list[Reader]:
        region, tag = policy.home_region, names.role_tag_key(policy.configuration_id)
        return [
            Reader(
                who=f"role {names.DEFAULT_ROLE}",
                caller=bearer(aws, names.DEFAULT_ROLE, region),
                note=f"has the tag {tag}",
            ),
            *(
                Reader(
                    who=f"role {role}",
                    caller=bearer(aws, role, region),
                    note=f"lacks the tag {tag} so far"
                    if policy.instance_roles.attach_policies_to_existing
                    else f"lacks the tag {tag}: see attach_policies_to_existing",
                )
                for role in sorted(
                    node.role
                    for node in aws.state.fleet.nodes
                    if node.role and node.account == DEFAULT_ACCOUNT
                )
            ),
            *(
                Reader(
                    who=f"administrator of {account}",
                    caller=administrator(aws, account, region),
                    note="the bucket denies everybody without the tag",
                )
                for account in aws.state.fleet.memberships
            ),
        ]

    def _prove_second_plan_empty(self, environment: dict[str, str]) -> None:
        self._step("terraform plan, once more: nothing is to be changed")
        for stack in self.workspace.stack_folders():
            command = [environment["TERRAFORM_BINARY_NAME"], "plan", "-detailed-exitcode"]
            log = self.workspace.folder / "plan.log"
            run([*command, "-input=false", "-no-color"], stack, environment, log=log)
            self.console.print(f"  {stack.name}: no changes")

    def _relative(self, path: Path) -> str:
        path = path.resolve()
        return str(path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path)

    def _step(self, text: str) -> None:
        self.console.print(f"\n[bold cyan]▸[/] [bold]{text}[/]", highlight=False, soft_wrap=True)


def _kind(policy: PatchPolicy) -> str:
    return "scan" if policy.operation is Operation.SCAN else "install window"
