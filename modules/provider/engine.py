"""The one place that imports CDKTF, so that its successor `cdktn` is a change of one line.

Importing it begins to start Node, through jsii; whoever uses it first waits for what is left of
half a second. The Node of this Python's environment is taken first, whatever is on the PATH: it is
of the version that CDKTF works with.
"""

from __future__ import annotations

import os

from modules.provider.loading import load_beside
from modules.provider.node import bundled_node

if os.environ.get("SYNTH_HCL_OUTPUT") == "1":
    # CDKTF's app and its stacks read this value in different ways, and would write HCL into a file
    # named as JSON.
    os.environ["SYNTH_HCL_OUTPUT"] = "true"

if _node := bundled_node():
    os.environ.setdefault("JSII_NODE", str(_node))

import jsii
from jsii.errors import JavaScriptError, JSIIError

JSII_ERRORS = (RuntimeError, JSIIError, JavaScriptError)
"""What an error in Node arrives as."""

load_beside(jsii.kernel, JSII_ERRORS)

import constructs  # noqa: E402 - starts Node, so before cdktf, which first imports much else

# isort: split
import cdktf as tf  # noqa: E402

__all__ = ["JSII_ERRORS", "constructs", "jsii", "tf"]
