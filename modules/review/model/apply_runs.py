"""Whether the apply itself starts an association, and why.

Source: UpdateAssociation in the SSM API reference: an association runs when it is made or changed,
and when its document gets a new version, unless it waits for its next cron interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modules.review.model.association import Association
from modules.review.model.document import DocumentChange
from modules.review.model.pairs import Pair
from modules.review.plan import Action
from modules.review.report import RunsOnApply
from modules.review.values import is_hidden

# Without a version in the configuration, the provider reports the first of these.
_FLOATING_VERSIONS = ("$DEFAULT", "$LATEST", None, "")


def runs_on_apply(
    pair: Pair,
    after: Association | None,
    attributes: Sequence[str],
    documents: Mapping[str, Sequence[DocumentChange]],
) -> tuple[RunsOnApply, tuple[str, ...]]:
    """Whether the apply starts an association: UpdateAssociation in the SSM API reference."""
    if after is None:
        return RunsOnApply.NO, ()
    reasons = list(_own_reasons(pair, attributes))
    certain = bool(reasons)
    named = documents.get(str(after.document), ())
    document = next((each for each in named if each.is_of(each.name, after.region)), None)
    if document and not reasons and _follows_new_versions(after):
        reasons.append(_document_reason(document))
        certain = document.certain
    if not reasons or after.is_waiting is True:
        return RunsOnApply.NO, ()
    if is_hidden(after.is_waiting):
        reasons.append(f"unless it waits for its schedule, which is {after.is_waiting}")
        certain = False
    return (RunsOnApply.YES if certain else RunsOnApply.MAYBE), tuple(reasons)


def _own_reasons(pair: Pair, attributes: Sequence[str]) -> Iterator[str]:
    if not pair.before:
        yield "it is created"
    elif pair.is_new:
        moved = pair.before_address != pair.change.address
        how = f"it is created anew, after {pair.before_address} is destroyed" if moved else ""
        yield how or f"it is replaced ({_listed(attributes) or 'without a change of its own'})"
    elif pair.change.action is Action.UPDATE and attributes:
        yield f"it is changed ({_listed(attributes)})"


def _listed(attributes: Sequence[str]) -> str:
    return ", ".join(name.removeprefix("parameters.") for name in attributes)


def _follows_new_versions(association: Association) -> bool:
    version = association.document_version
    return version in _FLOATING_VERSIONS or is_hidden(version)


def _document_reason(document: DocumentChange) -> str:
    if document.change.action is Action.REPLACE:
        return f"its document {document.name} is replaced"
    if not document.certain:
        return f"its document {document.name} may change: not known until apply"
    if document.white_space_only:
        return f"its document {document.name} changes, if in white space alone"
    return f"its document {document.name} changes"
