"""Terraform and a mirror of its providers are found, or one line says what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modules.terraform_cli import (
    TerraformCliError,
    find_mirror,
    find_terraform,
    lasting_configuration,
    terraform_environment,
)


def _executable(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def _mirror(path: Path) -> Path:
    path.joinpath("registry.terraform.io", "hashicorp", "aws", "5.100.0").mkdir(parents=True)
    return path


def test_terraform_comes_before_tofu(tmp_path: Path) -> None:
    tofu = _executable(tmp_path / "tofu")
    assert find_terraform({"PATH": str(tmp_path)}) == tofu
    terraform = _executable(tmp_path / "terraform")
    assert find_terraform({"PATH": str(tmp_path)}) == terraform


def test_the_user_may_name_the_binary(tmp_path: Path) -> None:
    _executable(tmp_path / "terraform")
    tofu = _executable(tmp_path / "tofu-1.9")
    environment = {"PATH": str(tmp_path), "TERRAFORM_BINARY_NAME": "tofu-1.9"}
    assert find_terraform(environment) == tofu


def test_one_line_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(TerraformCliError, match=r"^Neither terraform nor tofu .*install[^\n]*$"):
        find_terraform({"PATH": str(tmp_path)})
    environment = {"PATH": str(tmp_path), "TERRAFORM_BINARY_NAME": "tf"}
    with pytest.raises(TerraformCliError, match=r"^TERRAFORM_BINARY_NAME names 'tf'[^\n]*$"):
        find_terraform(environment)


def test_a_mirror_is_found_in_plugin_folders_before_prefixes(tmp_path: Path) -> None:
    below = _mirror(tmp_path / "opt" / "mirror")
    environment = {"HOME": str(tmp_path)}
    folders = ["~/plugins"]
    assert find_mirror(environment, plugin_folders=folders, prefixes=["~/opt"]) == below
    plugins = _mirror(tmp_path / "plugins")
    assert find_mirror(environment, plugin_folders=folders, prefixes=["~/opt"]) == plugins


def test_prefixes_are_looked_through_one_level_deep(tmp_path: Path) -> None:
    _mirror(tmp_path / "one" / "two")
    tmp_path.joinpath("file").write_text("", encoding="utf-8")
    prefixes = [str(tmp_path), str(tmp_path / "absent")]
    assert find_mirror({"HOME": "/absent"}, plugin_folders=[], prefixes=prefixes) is None


def test_a_named_mirror_comes_first(tmp_path: Path) -> None:
    mirror = _mirror(tmp_path / "mine")
    assert find_mirror({"PATCH_POLICY_PROVIDER_MIRROR": str(mirror)}) == mirror


def test_rejects_a_named_mirror_that_holds_no_provider(tmp_path: Path) -> None:
    with pytest.raises(TerraformCliError, match="has no folder"):
        find_mirror({"PATCH_POLICY_PROVIDER_MIRROR": str(tmp_path)})


def test_the_mirror_is_named_in_a_configuration_file(tmp_path: Path) -> None:
    mirror, work = _mirror(tmp_path / "mine"), tmp_path / "work"
    environment = terraform_environment(
        work,
        {"PATCH_POLICY_PROVIDER_MIRROR": str(mirror), "TF_CLI_CONFIG_FILE": "/absent", "A": "b"},
    )
    config = Path(environment.pop("TF_CLI_CONFIG_FILE"))
    assert config.parent == work
    assert f'path    = "{mirror}"' in config.read_text(encoding="utf-8")
    assert environment == {
        "PATCH_POLICY_PROVIDER_MIRROR": str(mirror),
        "A": "b",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }


def test_a_configuration_file_of_the_users_is_respected(tmp_path: Path) -> None:
    config = tmp_path / "own.tfrc"
    config.write_text("", encoding="utf-8")
    given = {
        "TF_CLI_CONFIG_FILE": str(config),
        "PATCH_POLICY_PROVIDER_MIRROR": str(_mirror(tmp_path / "mine")),
    }
    environment = terraform_environment(tmp_path / "work", given)
    assert environment["TF_CLI_CONFIG_FILE"] == str(config)
    assert not tmp_path.joinpath("work").exists()


def test_the_configuration_at_home_is_respected(tmp_path: Path) -> None:
    tmp_path.joinpath(".terraformrc").write_text("", encoding="utf-8")
    _mirror(tmp_path / "mirror")
    given = {"HOME": str(tmp_path), "TF_CLI_CONFIG_FILE": os.devnull}
    assert "TF_CLI_CONFIG_FILE" not in terraform_environment(tmp_path / "work", given)


def test_without_a_mirror_the_registry_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.terraform_cli.find_mirror", lambda environment: None)
    given = {"HOME": str(tmp_path), "TF_CLI_CONFIG_FILE": "/absent"}
    assert "TF_CLI_CONFIG_FILE" not in terraform_environment(tmp_path, given)


def test_a_command_for_later_gets_a_configuration_that_lasts(tmp_path: Path) -> None:
    mirror = {"PATCH_POLICY_PROVIDER_MIRROR": str(_mirror(tmp_path / "mine"))}
    passing = terraform_environment(tmp_path / "passing", mirror)
    lasting = lasting_configuration(tmp_path / "lasting", passing)
    assert lasting == tmp_path / "lasting" / "terraform-cli.tfrc"
    assert lasting.is_file()


def test_a_command_for_later_needs_none_where_the_users_own_lasts(tmp_path: Path) -> None:
    config = tmp_path / "own.tfrc"
    config.write_text("", encoding="utf-8")
    assert lasting_configuration(tmp_path, {"TF_CLI_CONFIG_FILE": str(config)}) is None


def test_a_command_for_later_needs_none_where_the_named_mirror_holds_no_provider(
    tmp_path: Path,
) -> None:
    assert lasting_configuration(tmp_path, {"PATCH_POLICY_PROVIDER_MIRROR": str(tmp_path)}) is None
