"""Every rule's id and title; each is explained in `docs/review-rules.md`.

An id never changes its meaning, as CI allows findings by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # plan
        "plan-incomplete": "The plan is not whole",
        "check-failed": "A check of the configuration fails",
        # operation
        "install-begins": "Patches are installed where they were not",
        "reboot-begins": "Nodes are rebooted where they were not",
        "policy-removed": "A patch policy is removed",
        "install-ends": "Patches are no longer installed",
        "association-added": "An association is added",
        "association-removed": "An association is removed",
        "reboot-ends": "Nodes are no longer rebooted",
        # runs
        "runs-on-apply": "The apply itself starts an association",
        "document-changed": "A document changes what its associations do",
        "unknown-until-apply": "What an association will do is not known before the apply",
        # schedule
        "schedule-refused": "State Manager refuses the schedule",
        "wait-ignored": "Waiting for the schedule is asked for, and ignored",
        "schedule-changed": "An association runs at other times",
        "wait-changed": "Edits begin, or cease, to run at once",
        # targets
        "targets-widened": "An association reaches more nodes",
        "targets-narrowed": "An association reaches fewer nodes",
        "targets-changed": "An association reaches other nodes",
        "node-tags-changed": "A node's tags change, by which associations find it",
        # rate control
        "rate-loosened": "More nodes at a time, or more errors before State Manager stops",
        "rate-tightened": "Fewer nodes at a time, or fewer errors before State Manager stops",
        # baselines
        "baseline-missing": "An operating system loses its patch baseline",
        "baseline-changed": "An operating system gets another patch baseline",
        "baseline-added": "An operating system gets a patch baseline",
        "baseline-rules-changed": "A custom patch baseline approves other patches",
        "baseline-source-changed": "Nodes read their patch baselines from elsewhere",
        # permissions
        "wildcard-granted": "A permission covers every action, or everybody",
        "trust-widened": "More principals may assume a role, or reach a bucket or function",
        "permissions-widened": "A role or policy allows more",
        "permissions-granted": "A new role or policy allows something",
        "permissions-narrowed": "A role or policy allows less",
        "permissions-removed": "A role's or policy's permissions are removed",
        "permissions-unknown": "Permissions are not known before the apply",
        "policy-attached": "A managed policy is attached to a role",
        "policy-detached": "A managed policy is detached from a role",
        "node-role-changed": "Nodes get another role",
        "store-access-lost": "Nodes of a role can no longer read the patch baselines",
        # what is lost
        "bucket-content-lost": "A bucket is destroyed with what is in it",
        "bucket-protection-weakened": "A bucket's protection is taken away",
        "history-lost": "An association's history ends",
        "role-replaced": "A role is made anew",
        "resource-replaced": "A resource is replaced",
        "resource-destroyed": "A resource is destroyed",
        "resource-forgotten": "Terraform stops managing a resource that stays",
        # what is outside of Terraform
        "import-changes": "An import changes what it takes over",
        "drift-reverted": "The plan undoes a change that was made outside of Terraform",
        "drift-kept": "The plan leaves a change as it is that was made outside of Terraform",
        # the provider
        "update-refused": "The provider cannot make this update",
        "sync-compliance-lost": "An update clears the association's SyncCompliance",
        # conflicts
        "runs-collide": "Two patch runs begin within two minutes of each other",
        "policies-meet": "Two patch policies meet on the same nodes",
        "name-twice": "Two associations have one name",
        "too-many-associations": "More than 20 associations on a node",
        # fleet
        "no-node-reached": "An association reaches no node of the fleet",
        "node-left-out": "A targeted node is not patched",
        # the rest
        "resource-changed": "A resource of a patch policy changes in another way",
        "unreviewed-change": "A resource that this review knows nothing of changes",
    }
)
