"""The scripts of aws:executeScript: does Python parse them, and do they have what the step calls.

PowerShell is not parsed: that takes PowerShell.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from modules.document_checks.document import Document, Step
from modules.document_checks.references import REFERENCE
from modules.policy.problems import Finding, one_line, quote

GRAMMAR = (3, 11)


def check_scripts(document: Document) -> Iterator[Finding]:
    """All that is wrong with them."""
    for step in document.steps:
        is_python = str(step.inputs.get("Runtime", "")).startswith("python")
        if step.action == "aws:executeScript" and is_python and "Script" in step.inputs:
            yield from _check(step)


def _check(step: Step) -> Iterator[Finding]:
    script = step.inputs["Script"]
    text = script if isinstance(script, str) else "\n".join(script)
    path = (*step.path, "inputs", "Script")
    if REFERENCE.fullmatch(text.strip()):  # all of it comes from elsewhere
        return
    try:
        module = parse_python(REFERENCE.sub("0", text))
    except SyntaxError as error:
        where = f" in the script's line {error.lineno}" if error.lineno else ""
        message = f"found a syntax error{where}: {one_line(error.msg)}; expected Python 3.11"
        yield Finding(path, message, "script-syntax")
        return
    if "Attachment" not in step.inputs:
        yield from _check_handler(step, module)


def parse_python(text: str) -> ast.Module:
    """The script's tree. Raises SyntaxError, whatever is wrong with the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is only dubious, as "\d"
        try:
            return ast.parse(text, feature_version=GRAMMAR)
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise SyntaxError(str(error) or "too deeply nested") from None


def _check_handler(step: Step, module: ast.Module) -> Iterator[Finding]:
    handler = step.inputs["Handler"]
    path = (*step.path, "inputs", "Handler")
    # A name that is assigned or imported may be anything that can be called.
    names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    functions = {
        node.name: node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    if handler not in functions:
        is_bound = handler.partition(".")[0] in names | _imported(module)
        if not is_bound:
            message = f"found {quote(handler)}, which the script does not define; expected the"
            yield Finding(path, f"{message} name of one of its functions", "script-handler")
    elif not _takes_two(functions[handler]):
        message = f"found {quote(handler)}, a function that does not take two arguments; expected"
        yield Finding(path, f"{message} one of the events and the context", "script-handler")


def _imported(module: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _takes_two(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if function.decorator_list:
        return True
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    needs_keyword = any(default is None for default in arguments.kw_defaults)
    return needed <= 2 <= (positional if arguments.vararg is None else 2) and not needs_keyword
