"""The five documents of a patch policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from modules.quick_setup import names
from modules.quick_setup.documents.checks import validate
from modules.quick_setup.documents.model import AutomationDocument
from modules.quick_setup.documents.problems import DocumentError
from modules.quick_setup.documents.rendering import canonical_json
from modules.quick_setup.documents.source import ROOT, Source

# The quota of Systems Manager documents:
# https://docs.aws.amazon.com/general/latest/gr/ssm.html
MAX_BYTES = 65_536

# By folder: the physical name's middle part, the target type, and a prefix of its own.
CATALOGUE: Mapping[str, tuple[str, str | None, str | None]] = MappingProxyType(
    {
        "create_and_attach_iam_to_ec2_node": (
            names.ATTACH_TO_EC2_NODE,
            "/AWS::EC2::Instance",
            None,
        ),
        "create_and_attach_iam_to_hybrid_node": (
            names.ATTACH_TO_HYBRID_NODE,
            "/AWS::SSM::ManagedInstance",
            None,
        ),
        "add_or_remove_tag": (names.ADD_OR_REMOVE_TAG, "/", None),
        "name_tag_remediation": (names.NAME_TAG_REMEDIATION, None, None),
        "remediation": (names.REMEDIATION, None, names.REMEDIATION_PREFIX),
    }
)


@cache
def load_documents() -> Mapping[str, AutomationDocument]:
    """The documents by their keys, the folders' names.

    They are read and checked once in a process. Raises DocumentError with every problem of all of
    them, a line each: `ssm_documents/<key>/document.yaml: $.path: found; expected`.
    """
    return load_from(ROOT)


def load_from(root: Path) -> Mapping[str, AutomationDocument]:
    """The catalogue's documents from a folder of this shape. Raises DocumentError."""
    documents: dict[str, AutomationDocument] = {}
    problems: list[str] = []
    used: set[Path] = set()
    for key in CATALOGUE:
        source = Source(root / key, root)
        try:
            documents[key] = _load(key, source)
        except DocumentError as error:
            problems += error.problems
        used |= source.scripts
    problems += _unused(root, used)
    if problems:
        raise DocumentError(problems)
    return MappingProxyType(documents)


def _load(key: str, source: Source) -> AutomationDocument:
    content = source.read()
    validate(content, source.name)
    suffix, target_type, own_prefix = CATALOGUE[key]
    document = AutomationDocument(
        key=key,
        name_suffix=suffix,
        target_type=target_type,
        content=content,
        own_prefix=own_prefix,
    )
    size = len(canonical_json(document).encode())
    if size > MAX_BYTES:
        raise DocumentError([f"{source.name}: $: {size} bytes; a document has {MAX_BYTES} at most"])
    return document


def _unused(root: Path, used: set[Path]) -> Iterator[str]:
    for script in sorted(root.rglob("*.py")):
        if script.resolve() not in used:
            yield f"{script.relative_to(root.parent).as_posix()}: $: no step names this script"
