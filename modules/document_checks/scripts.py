"""The scripts of aws:executeScript: does Python parse them, and do they have what the step calls.

PowerShell is not parsed: that takes PowerShell.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from modules.document_checks.document import Document, Step
from modules.document_checks.references import FILLED_IN, REFERENCE
from modules.policy.problems import Finding, one_line, quote

GRAMMARS = {"python3.10": (3, 10)}  # by the runtime; of any other, ended ones among them:
NEWEST = (3, 11)
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# A line that a build fills in, SCRIPT_PLACEHOLDER::module.name as well. None of them is Python.
_FILLED_IN = re.compile(rf"^\s*({FILLED_IN}|[A-Z][A-Z0-9_]*::[\w.]+)\s*$", re.MULTILINE)


def check_scripts(document: Document) -> Iterator[Finding]:
    """All that is wrong with them."""
    for step in document.steps:
        is_python = str(step.inputs.get("Runtime", "")).startswith("python")
        if step.action == "aws:executeScript" and is_python and "Script" in step.inputs:
            yield from _check(step)


def _check(step: Step) -> Iterator[Finding]:
    text = step.inputs["Script"]
    path = (*step.path, "inputs", "Script")
    if REFERENCE.fullmatch(text.strip()) or _FILLED_IN.search(text):
        return  # all or some of it comes from elsewhere
    grammar = GRAMMARS.get(step.inputs["Runtime"], NEWEST)
    try:
        module = parse_python(REFERENCE.sub("0", text), grammar)
    except SyntaxError as error:
        where = f" in the script's line {error.lineno}" if error.lineno else ""
        found = f"found a syntax error{where}: {one_line(error.msg)}"
        message = f"{found}; expected Python {grammar[0]}.{grammar[1]}"
        yield Finding(path, message, "script-syntax")
        return
    if "Attachment" not in step.inputs:
        yield from _check_handler(step, module)


def parse_python(text: str, grammar: tuple[int, int]) -> ast.Module:
    """The script's tree. Raises SyntaxError, whatever is wrong with the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is only dubious, as "\d"
        try:
            module = ast.parse(text, feature_version=grammar)
            compile(module, "script", "exec")  # finds a `return` that is in no function
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise SyntaxError(str(error) or "too deeply nested") from None
    return module


def _check_handler(step: Step, module: ast.Module) -> Iterator[Finding]:
    handler = step.inputs["Handler"]
    path = (*step.path, "inputs", "Handler")
    bound = dict(_bindings(module.body))
    if "*" in bound:
        return  # an import of everything
    if handler.partition(".")[0] not in bound:
        message = f"found {quote(handler)}, which the script does not define; expected the"
        yield Finding(path, f"{message} name of one of its functions", "script-handler")
        return
    function = bound.get(handler)
    if isinstance(function, ast.AsyncFunctionDef) and not function.decorator_list:
        message = f"found {quote(handler)}, an async function, which nothing awaits"
        yield Finding(path, f"{message}; expected one without async", "script-handler")
    elif function is not None and not _takes_two(function):
        message = f"found {quote(handler)}, a function that does not take two arguments; expected"
        yield Finding(path, f"{message} one of the events and the context", "script-handler")


def _bindings(body: list[ast.stmt]) -> Iterator[tuple[str, _Function | None]]:
    """The names that statements bind, but not in functions; with the function where it is one."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield statement.name, statement
            case ast.ClassDef():
                yield statement.name, None
            case ast.Import() | ast.ImportFrom():
                for alias in statement.names:
                    yield (alias.asname or alias.name).partition(".")[0], None
            case _:
                yield from _assigned(statement)
        for inner in ("body", "orelse", "finalbody", "handlers"):
            if not isinstance(statement, _SCOPES):
                yield from _bindings(_statements(getattr(statement, inner, [])))


def _statements(blocks: list[ast.stmt | ast.ExceptHandler]) -> list[ast.stmt]:
    """The statements of a block; an `except` has a block of its own."""
    nested = [block.body if isinstance(block, ast.ExceptHandler) else [block] for block in blocks]
    return [statement for block in nested for statement in block]


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, None]]:
    """A name that is assigned may be anything that can be called."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, None


def _takes_two(function: _Function) -> bool:
    if function.decorator_list:
        return True
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    needs_keyword = any(default is None for default in arguments.kw_defaults)
    return needed <= 2 <= (positional if arguments.vararg is None else 2) and not needs_keyword
