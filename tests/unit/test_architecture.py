"""Imports point one way, CDKTF is imported in one place, and main.py stays a table of contents."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Which of our packages each may import, besides itself. A package that is new here gets its line.
MAY_IMPORT: dict[str, set[str]] = {
    "policy": set(),
    "quick_setup": {"policy"},
    "provider": {"terraform_cli"},
    "constructs": {"policy", "quick_setup", "provider"},
    "stacks": {"policy", "quick_setup", "provider", "constructs"},
    "plain": {"policy", "quick_setup", "provider", "constructs", "stacks"},
    # Of the provider, the backends and versions alone: plain data.
    "project": {"policy", "quick_setup", "provider.backend", "provider.types", "terraform_cli"},
    "local_aws": {"policy", "quick_setup"},
    "document_checks": {"policy", "quick_setup"},
    "preflight": {"policy", "quick_setup", "project", "provider.backend", "terraform_cli"},
    "clean_up": {"policy", "quick_setup"},
    "review": {"policy", "quick_setup", "terraform_cli"},
    "run_task": {"review", "commands.review"},
    "demo": {"policy", "quick_setup", "local_aws", "terraform_cli"},
    "short_process": set(),
}
ENGINES = {"cdktf", "cdktn", "constructs", "jsii"}
ENGINE = "modules.provider.engine"
# Processes of scripts have this package alone, without the packages around it.
ISOLATED = "modules.local_aws.automation.script_process"
# What may draw: it imports CDKTF, or something of ours that does.
DRAWING = {"modules.provider", "modules.constructs", "modules.stacks", "modules.plain"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, wherever in it; `from a import b` is `a.b` as well."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names)


MODULES = {module_name(path): path for path in sorted((ROOT / "modules").rglob("*.py"))}
PACKAGES = sorted({name.split(".")[1] for name in MODULES if name.count(".") > 0})


def resolved(imported: str) -> str | None:
    """The module of ours that an import loads, or None."""
    while imported.startswith("modules"):
        if imported in MODULES:
            return imported
        imported = imported.rpartition(".")[0]
    return None


@cache
def needed(module: str) -> frozenset[str]:
    """The modules of ours that a module imports itself, and the packages that it is in."""
    packages = {module.rsplit(".", depth)[0] for depth in range(1, module.count("."))}
    return frozenset(packages | {each for each in map(resolved, imports(MODULES[module])) if each})


def loads(module: str) -> set[str]:
    """Every module of ours that importing this one brings with it."""
    found: set[str] = set()
    ahead = [module]
    while ahead:
        new = needed(ahead.pop()) - found
        found |= new
        ahead += new
    return found


def belongs(module: str, packages: set[str]) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    own = f"modules.{package}"
    allowed = {own, *(f"modules.{each}" for each in MAY_IMPORT[package])}
    wrong = {
        f"{name} imports {imported}"
        for name, path in MODULES.items()
        if belongs(name, {own})
        for imported in map(resolved, imports(path))
        if imported and not belongs(imported, allowed)
    }
    assert wrong == set()


def test_every_package_has_its_rule() -> None:
    """The command lines may use everything; the modules that stand alone import nothing."""
    assert set(PACKAGES) - MAY_IMPORT.keys() <= {
        "cli",
        "commands",
        "cdktf_cli",
        "terraform_cli",
        "terraform_shim",
    }


def test_modules_import_each_other_by_their_full_names() -> None:
    relative = {name for name, path in MODULES.items() if any(i[0] == "." for i in imports(path))}
    assert {name for name in relative if not name.startswith(ISOLATED)} == set()


def test_what_runs_isolated_imports_nothing_else_of_ours() -> None:
    inside = {name: path for name, path in MODULES.items() if name.startswith(ISOLATED)}
    assert inside
    assert not any(
        each.startswith(("modules", "..")) for p in inside.values() for each in imports(p)
    )


def test_one_module_imports_cdktf_under_one_name() -> None:
    importing = {
        name
        for name, path in MODULES.items()
        if any(each.partition(".")[0] in ENGINES for each in imports(path))
    }
    assert importing == {ENGINE}
    assert not any(each.partition(".")[0] in ENGINES for each in imports(ROOT / "main.py"))


def test_only_what_draws_loads_cdktf() -> None:
    """The rest must start in milliseconds, and without Node."""
    loading = {name for name in MODULES if ENGINE in {name, *loads(name)}}
    assert loading
    drawing = {name for name in loading if belongs(name, DRAWING)}
    # A verb may draw; it imports what does when it runs, which this cannot tell from the rest.
    verbs = {name for name in loading if belongs(name, {"modules.cli", "modules.commands"})}
    assert loading - drawing - verbs == set()


def test_what_aws_runs_alone_imports_nothing_of_ours() -> None:
    sources = [*ROOT.glob("lambda_src/**/*.py"), *ROOT.glob("ssm_documents/**/*.py")]
    assert len(sources) > 8
    for path in sources:
        ours = {each for each in imports(path) if each.startswith(("modules.", "tests."))}
        assert ours == set(), path
    for path in ROOT.glob("ssm_documents/**/*.py"):
        beside = {each for each in imports(path) if each.startswith((".", "baseline_overrides"))}
        assert beside == set(), f"{path}: a step's script is one file"


def test_main_is_a_table_of_contents() -> None:
    lines = (ROOT / "main.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 50


def test_every_folder_of_python_is_a_package() -> None:
    """Else setuptools leaves it out of what it installs."""
    folders = {path.parent for path in MODULES.values()}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
