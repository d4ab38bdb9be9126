"""The CDKTF app: policy files -> stacks -> synth."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from modules.policy.loader import load_policies
from modules.policy.problems import PolicyError
from modules.project.project import load_project
from modules.project.removed import report_removed_stacks
from modules.quick_setup.deployment import plan_deployment


def main(policies: list[str]) -> int:
    """Synthesize the policies of cdktf.json, or the given ones instead."""
    try:
        project = load_project(Path(), policies)
        deployment = plan_deployment(load_policies(project.policies))
    except PolicyError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line shows it as it is
        return 2
    from modules.provider.app import SynthesisError, synthesize  # noqa: PLC0415 - starts Node
    from modules.stacks.app import build_app  # noqa: PLC0415 - starts Node

    try:
        app = build_app(deployment, project.backend, account=project.account)
        synthesize(app)
        report_removed_stacks(project.backend, Path(app.outdir), deployment.stack_names)
    except (SynthesisError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    gc.disable()  # a short process whose objects live to its end
    sys.exit(main(sys.argv[1:]))
