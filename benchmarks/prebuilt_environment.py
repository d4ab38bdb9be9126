"""The environment of the prebuilt bindings, made once: half a gigabyte."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

BINDINGS = "cdktf-cdktf-provider-aws==20.1.0"
SHARED = ("cdktf", "constructs", "jsii")  # in the versions that the app itself runs with


def prepare(folder: Path) -> Path:
    """The environment's Python, with everything installed.

    CalledProcessError: no package index has the packages; pip has said so.
    """
    python = folder / "bin" / "python"
    requirements = "\n".join([BINDINGS, *(f"{name}=={version(name)}" for name in SHARED)])
    installed = folder / "requirements.txt"
    if installed.exists() and installed.read_text(encoding="utf-8") == requirements:
        return python
    sys.stderr.write(f"Installing {BINDINGS} into {folder} (once, one to two minutes) ...\n")
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *requirements.split()], check=True)
    installed.write_text(requirements, encoding="utf-8")
    return python
