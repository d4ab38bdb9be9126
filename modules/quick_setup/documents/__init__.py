"""The Automation documents (runbooks) that a patch policy deploys: loading, checking, rendering.

The sources stand in `ssm_documents/`, a folder each: `document.yaml`, and a Python file for each
script, which a step names as `Script: file://name.py`.
"""

from modules.quick_setup.documents.catalogue import load_documents
from modules.quick_setup.documents.checks import validate
from modules.quick_setup.documents.model import AutomationDocument
from modules.quick_setup.documents.problems import DocumentError
from modules.quick_setup.documents.rendering import render, render_template

__all__ = [
    "AutomationDocument",
    "DocumentError",
    "load_documents",
    "render",
    "render_template",
    "validate",
]
