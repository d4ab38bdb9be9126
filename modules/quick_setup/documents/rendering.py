"""Write a document as canonical JSON, for Terraform's file() or its templatefile().

A document that changes by a blank is a new version, and a new version runs its associations at
once. So there is one way to write it: the source's order of keys, two blanks, a newline at the end.
"""

from __future__ import annotations

import json
import re

from modules.quick_setup.documents.model import TEMPLATE_PREFIX, AutomationDocument
from modules.quick_setup.documents.problems import DocumentError

_MARKED_DEFAULT = re.compile(rf'"default": "{TEMPLATE_PREFIX}([a-z][a-z0-9_]*)"')


def render(document: AutomationDocument) -> str:
    """The document's text, to be deployed as it stands."""
    if document.placeholders:
        filled = ", ".join(document.placeholders)
        raise DocumentError([f"{document.key}: {filled} are to be filled in; use render_template"])
    return canonical_json(document)


def render_template(document: AutomationDocument) -> str:
    """The document's text as a template: `${name}` stands for a default, as jsonencode() writes it.

    Everything else is escaped, so that what looks like a template in a script stays as it is.
    """
    return _MARKED_DEFAULT.sub(r'"default": ${\1}', _escape(canonical_json(document)))


def canonical_json(document: AutomationDocument) -> str:
    """The document's text, with the markers of defaults that are still to be filled in."""
    return json.dumps(document.content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _escape(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")
