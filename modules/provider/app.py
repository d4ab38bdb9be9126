"""The CDKTF app and its synthesis, with the files that stacks carry."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from modules.provider.engine import JSII_ERRORS, tf
from modules.provider.files import remove, write_whole
from modules.provider.stack import Stack

_RECORD: Final = ".files.json"
"""In a stack's folder: which files the last synthesis put there; the next may remove them."""
_IGNORE_HINT: Final = "If you wish to ignore these validations"

_JSON_FORM: Final = ("cdk.tf.json",)
_HCL_FORM: Final = ("cdk.tf", "metadata.json")
"""The files that CDKTF writes into a stack's folder."""


class SynthesisError(Exception):
    """The app was refused; the message says why, without a traceback of Node's."""


def new_app(outdir: str | None = None, *, context: dict[str, Any] | None = None) -> tf.App:
    """An app whose output holds no stack traces, which would name this machine's paths.

    SynthesisError: its output folder cannot be made.
    """
    try:
        return tf.App(outdir=outdir, context=context, stack_traces=False)
    except JSII_ERRORS as error:
        raise SynthesisError(clean_message(error)) from error


def synthesize(app: tf.App) -> None:
    """Writes all stacks with their files. SynthesisError: a validation failed.

    Files of an earlier synthesis that are wanted no more are removed, and so is the configuration
    in the other format, as Terraform would read both. What Terraform writes stays, and folders of
    stacks that are no more are the `cdktf` command's to remove.
    """
    try:
        app.synth()
    except JSII_ERRORS as error:
        raise SynthesisError(clean_message(error)) from error
    outdir, other_form = app.outdir, _JSON_FORM if app.hcl_output else _HCL_FORM
    for stack in app.node.children:
        if isinstance(stack, Stack):
            folder = Path(outdir, "stacks", stack.name)
            for name in other_form:
                folder.joinpath(name).unlink(missing_ok=True)
            _write_files(folder, stack)


def clean_message(error: BaseException) -> str:
    """What CDKTF's error says, without the JavaScript traceback and the names of its classes."""
    lines = [line for line in str(error).splitlines() if not re.match(r"\s+at \S", line)]
    text = "\n".join(lines).partition(_IGNORE_HINT)[0].strip()
    return re.sub(r"^(?:\w*Error: )+", "", text)


def _write_files(folder: Path, stack: Stack) -> None:
    record = folder / _RECORD
    before = _recorded(record)
    # First, so that files of a synthesis that is stopped half-way are still known as ours.
    write_whole(record, json.dumps(sorted(before | set(stack.files)), indent=1).encode() + b"\n")
    for path, content in stack.files.items():
        write_whole(folder / path, content)
    for path in sorted(before - set(stack.files)):
        remove(folder, path)
    write_whole(record, json.dumps(sorted(stack.files), indent=1).encode() + b"\n")


def _recorded(record: Path) -> set[str]:
    try:
        return set(json.loads(record.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):  # somebody's edit: nothing is known as ours
        return set()
