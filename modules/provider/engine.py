"""The one place that imports CDKTF, so that its successor `cdktn` is a change of one line.

Importing it starts Node, through jsii: about half a second. The Node beside this Python is taken
first, whatever is on the PATH: the environment brings the version that CDKTF works with.
"""

# ruff: noqa: E402 - jsii starts Node while CDKTF is imported, so it has to be named before

from __future__ import annotations

import os
import sys
from pathlib import Path

if os.environ.get("SYNTH_HCL_OUTPUT") == "1":
    # CDKTF's app and its stacks read this value in different ways, and would write HCL into a file
    # named as JSON.
    os.environ["SYNTH_HCL_OUTPUT"] = "true"

_node = Path(sys.executable).with_name("node")
if _node.exists():
    os.environ.setdefault("JSII_NODE", str(_node))

import cdktf as tf
import constructs
import jsii
from jsii.errors import JavaScriptError, JSIIError

JSII_ERRORS = (RuntimeError, JSIIError, JavaScriptError)
"""What an error in Node arrives as."""

__all__ = ["JSII_ERRORS", "constructs", "jsii", "tf"]
