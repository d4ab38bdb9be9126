"""Where states are kept."""

from __future__ import annotations

from modules.provider.backend import CloudBackend, LocalBackend, S3Backend


def test_a_local_state_lies_outside_the_output() -> None:
    assert LocalBackend().settings("a") == {"path": "../../../state/a.tfstate"}


def test_a_state_in_s3_has_the_stacks_name() -> None:
    backend = S3Backend(bucket="b", region="r", key_prefix="patching/", use_lockfile=True)
    assert backend.settings("a") == {
        "bucket": "b",
        "key": "patching/a.tfstate",
        "region": "r",
        "encrypt": True,
        "use_lockfile": True,
    }


def test_a_workspace_has_the_stacks_name() -> None:
    backend = CloudBackend(organization="o", project="p", workspace_prefix="prod-")
    assert backend.settings("a") == {
        "organization": "o",
        "workspaces": {"name": "prod-a", "project": "p"},
    }


def test_workspaces_may_be_found_by_tags() -> None:
    backend = CloudBackend(organization="o", hostname="tfe.example", tags=("patching",))
    assert backend.settings("a") == {
        "hostname": "tfe.example",
        "organization": "o",
        "workspaces": {"tags": ["patching"]},
    }
