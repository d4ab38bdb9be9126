"""Finds Terraform or OpenTofu and, where the registry is out of reach, a mirror of providers."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

MIRROR_VARIABLE: Final = "PATCH_POLICY_PROVIDER_MIRROR"
AWS_PROVIDER: Final = Path("registry.terraform.io", "hashicorp", "aws")
"""Where a mirror holds the AWS provider: `HOSTNAME/NAMESPACE/TYPE`."""

CONFIG_VARIABLE: Final = "TF_CLI_CONFIG_FILE"
"""Terraform's own name for its CLI configuration."""

_CONFIG_FILE: Final = "terraform-cli.tfrc"
_PLUGIN_FOLDERS: Final = (
    "~/.terraform.d/plugins",
    "~/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
)
"""Terraform's implied mirrors on Linux and macOS."""
_PREFIXES: Final = ("/opt", "/usr/local", "/usr/share", "/var/lib", "/srv", "~")
"""Prefixes that are looked through one level deep, as teams put mirrors there."""


class TerraformCliError(Exception):
    """Something about the installation that the user has to change; the message is one line."""


def find_terraform(environment: Mapping[str, str] = os.environ) -> str:
    """The path of the binary: `TERRAFORM_BINARY_NAME`, else `terraform`, else `tofu`.

    TerraformCliError: there is none.
    """
    named = environment.get("TERRAFORM_BINARY_NAME")
    for name in [named] if named else ["terraform", "tofu"]:
        if path := shutil.which(name, path=environment.get("PATH")):
            return path
    if named:
        raise TerraformCliError(
            f"TERRAFORM_BINARY_NAME names {named!r}, which is not on the PATH; "
            "install it, or unset the variable to use terraform or tofu."
        )
    raise TerraformCliError(
        "Neither terraform nor tofu is on the PATH: install Terraform 1.6 or newer "
        "(https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org)."
    )


def find_mirror(
    environment: Mapping[str, str] = os.environ,
    *,
    plugin_folders: Sequence[str] = _PLUGIN_FOLDERS,
    prefixes: Sequence[str] = _PREFIXES,
) -> Path | None:
    """The folder of a filesystem mirror that holds the AWS provider, or None.

    `~` is the environment's HOME. TerraformCliError: the mirror that the user named holds none.
    """
    if named := environment.get(MIRROR_VARIABLE):
        if (mirror := Path(named).absolute()).joinpath(AWS_PROVIDER).is_dir():
            return mirror
        raise TerraformCliError(
            f"{MIRROR_VARIABLE} names {named!r}, which has no folder {AWS_PROVIDER.as_posix()}."
        )
    home = str(_home(environment))
    places = [Path(folder.replace("~", home, 1)) for folder in plugin_folders]
    for prefix in prefixes:
        places.extend(_subfolders(Path(prefix.replace("~", home, 1))))
    return next((place for place in places if _is_mirror(place)), None)


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())


def _subfolders(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return  # absent, or not ours to read: no mirror for us there


def _is_mirror(folder: Path) -> bool:
    try:
        return folder.joinpath(AWS_PROVIDER).is_dir()
    except OSError:
        return False


def terraform_environment(
    work_folder: Path, environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment for Terraform's processes, without questions and version checks.

    A CLI configuration of the user's is respected; one that is named but missing is dropped, as
    Terraform would stop at it. Else a mirror that is found is named in a file in `work_folder`;
    without one, providers come from the registry.
    """
    result = {**environment, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    if Path(result.get(CONFIG_VARIABLE) or os.devnull).is_file():
        return result
    result.pop(CONFIG_VARIABLE, None)
    if MIRROR_VARIABLE not in result and _home(result).joinpath(".terraformrc").is_file():
        return result
    if mirror := find_mirror(environment):
        work_folder.mkdir(parents=True, exist_ok=True)
        config = work_folder.absolute() / _CONFIG_FILE
        config.write_text(_mirror_configuration(mirror), encoding="utf-8")
        result[CONFIG_VARIABLE] = str(config)
    return result


def lasting_configuration(folder: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The CLI configuration in this folder for a command that is run later, if it needs one.

    One that `terraform_environment` wrote for the `cdktf` command is gone with that.
    """
    outer = Path(environment.get(CONFIG_VARIABLE, "")).name == _CONFIG_FILE
    own = {
        name: environment[name] for name in environment if not (outer and name == CONFIG_VARIABLE)
    }
    try:
        config = terraform_environment(folder, own).get(CONFIG_VARIABLE)
    except TerraformCliError:  # a mirror is named that is none: whoever runs the command is told
        return None
    return folder / _CONFIG_FILE if config == str(folder.absolute() / _CONFIG_FILE) else None


def _mirror_configuration(mirror: Path) -> str:
    path = str(mirror).replace("\\", "\\\\").replace('"', '\\"')
    return f"""\
provider_installation {{
  filesystem_mirror {{
    path    = "{path}"
    include = ["{AWS_PROVIDER.as_posix()}"]
  }}
  direct {{
    exclude = ["{AWS_PROVIDER.as_posix()}"]
  }}
}}
"""


def main() -> int:
    """Say what to install where Terraform is missing: 0 where it is there, else 1."""
    try:
        find_terraform()
    except TerraformCliError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
