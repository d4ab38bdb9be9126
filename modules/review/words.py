"""The sentence of an association: what, on whom, when, with which reboot, how many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modules.review.model.association import Association, Targets, Text
from modules.review.values import Hidden, is_hidden
from modules.review.when import Clock

_PURPOSES = {
    "AttachIAMToEc2Instance": "Gives EC2 instances the instance role",
    "AttachIAMToHybridInstance": "Gives hybrid nodes the instance role",
    "AddRemoveNameTag": "Sets the policy's name tag",
    "NameTagRemediation": "Removes name tags from nodes that left the policy",
    "EnableExplorer": "Switches on Systems Manager Explorer",
    "BaselineRemediation": "Copies the patch baselines into the bucket",
}
SHOWN_VALUES = 5
LONGEST_GIVEN = 300


def sentence(association: Association, clock: Clock) -> str:
    """One sentence that says all of it, ending in a full stop."""
    parts = [
        f"{what(association)}{on_whom(association)}, {clock.schedule(association.schedule).words}"
    ]
    if association.installs:
        parts.append(reboot(association))
    if association.max_concurrency or association.max_errors:
        parts.append(rate(association))
    parts.append(waiting(association))
    return f"{'; '.join(part for part in parts if part)}."


def what(association: Association) -> str:
    """What an association does to a node."""
    if is_hidden(association.document):
        return f"Runs a document that is {association.document}"
    if association.patches:
        operation = association.operation
        if operation == "Install":
            return "Installs patches"
        if operation == "Scan":
            return "Scans for missing patches"
        found = "not given" if operation is None else known(operation)
        return f"Runs {known(association.document)}, whose operation is {found},"
    if association.interrupts:
        return association.interrupts
    return _PURPOSES.get(association.purpose, f"Runs {known(association.document)}")


def on_whom(association: Association) -> str:
    """The nodes, in words that follow the verb."""
    words = targets(association.targets)
    preposition = "among" if association.purpose.startswith("AttachIAM") else "on"
    return f" {preposition} {words}" if words else ""


def targets(value: Targets | Hidden) -> str:
    """Targets in words; nothing where an association has none."""
    if not isinstance(value, Targets):
        return f"nodes that are {value}"
    if value.is_all:
        return "every managed node"
    return " and ".join(_target(key, values) for key, values in value.by_key.items())


def _target(key: str, values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:SHOWN_VALUES])
    if len(values) > SHOWN_VALUES:
        shown = f"{shown} and {len(values) - SHOWN_VALUES} more"
    if key.startswith("tag:"):
        return f"nodes tagged {key[4:]}={' or '.join(values) if len(values) < 6 else shown}"
    match key:
        case "tag-key":
            return f"nodes with the tag {shown}"
        case "resource-groups:Name" | "ResourceGroup":
            return f"the resource group {shown}"
        case "InstanceIds" | "ParameterValues":
            return "every managed node" if values == ("*",) else f"the nodes {shown}"
        case _:
            return f"{key}={shown}"


def reboot(association: Association) -> str:
    """Whether nodes are rebooted."""
    if not association.reboots:
        return "without a reboot"
    option = association.reboot_option
    if is_hidden(option):
        return f"whether it reboots is {option}"
    return "REBOOTS a node where a patch needs it"


def reboot_reason(association: Association) -> str:
    """Why nodes are rebooted."""
    name, option = association.reboot_parameter, association.reboot_option
    if name is None:
        return f"{known(association.document)} always reboots"
    if option is None:
        return f"{name} is not given, and reboots are the document's default"
    return f"{name} is {known(option)}"


def rate(association: Association) -> str:
    """How many nodes at a time, and when State Manager stops."""
    concurrency, errors = association.max_concurrency, association.max_errors
    if is_hidden(concurrency) or is_hidden(errors):
        return f"at a time and errors: {known(concurrency)}, {known(errors)}"
    at_a_time = f"{known(concurrency)} at a time" if concurrency else "no limit at a time"
    if not errors:
        return at_a_time
    if errors in ("0", "0%"):
        return f"{at_a_time}, stopping at the first error"
    return f"{at_a_time}, stopping after {known(errors)} errors"


def given(association: Association) -> Iterator[str]:
    """What a document is told to do, where its name alone does not say it."""
    parameters = association.parameters
    known_purpose = association.purpose in _PURPOSES or association.patches
    if known_purpose or not isinstance(parameters, Mapping):
        return
    for name, value in sorted(parameters.items()):
        text = known(value)
        yield f"{name}: {text if len(text) <= LONGEST_GIVEN else f'{text[:LONGEST_GIVEN]}...'}"


def waiting(association: Association) -> str:
    """What an edit does to it."""
    if association.schedule is None:
        return ""
    if is_hidden(association.is_waiting):
        return f"whether edits run at once is {association.is_waiting}"
    return "edits wait for the schedule" if association.is_waiting else "edits run at once"


def known(value: Text) -> str:
    """A value for a sentence."""
    return "nothing" if value is None else str(value)
