"""The one place that imports CDKTF, so that its successor `cdktn` is a change of one line.

Importing it starts Node, through jsii: about half a second. The Node of this Python's environment
is taken first, whatever is on the PATH: it is of the version that CDKTF works with.
"""

from __future__ import annotations

import os

from modules.provider.node import bundled_node

if os.environ.get("SYNTH_HCL_OUTPUT") == "1":
    # CDKTF's app and its stacks read this value in different ways, and would write HCL into a file
    # named as JSON.
    os.environ["SYNTH_HCL_OUTPUT"] = "true"

if _node := bundled_node():
    os.environ.setdefault("JSII_NODE", str(_node))

import cdktf as tf
import constructs
import jsii
from jsii.errors import JavaScriptError, JSIIError

JSII_ERRORS = (RuntimeError, JSIIError, JavaScriptError)
"""What an error in Node arrives as."""

__all__ = ["JSII_ERRORS", "constructs", "jsii", "tf"]
