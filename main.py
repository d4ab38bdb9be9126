"""The CDKTF app: policy files -> stacks -> synth."""

from __future__ import annotations

import sys
from pathlib import Path

import modules.provider.engine  # noqa: F401 - first: Node starts beside the rest
from modules.policy.loader import load_policies
from modules.policy.problems import PolicyError
from modules.project.project import load_project
from modules.project.removed import report_removed_stacks
from modules.provider.app import SynthesisError, synthesize
from modules.quick_setup.deployment import plan_deployment
from modules.quick_setup.documents import DocumentError, load_documents
from modules.short_process import keep_everything
from modules.stacks.app import build_app


def main(policies: list[str]) -> int:
    """Synthesize the policies of cdktf.json, or the given ones instead."""
    try:
        project = load_project(Path(), policies)
        deployment = plan_deployment(load_policies(project.policies))
        load_documents()  # which are drawn as soon as Node has started
    except (PolicyError, DocumentError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line shows it as it is
        return 2
    try:
        app = build_app(deployment, project.backend, account=project.account)
        synthesize(app)
        report_removed_stacks(project.backend, Path(app.outdir), deployment.stack_names)
    except (SynthesisError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    keep_everything()
    sys.exit(main(sys.argv[1:]))
