"""Which policies make up the app, and where its states are kept."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.policy.locate import policy_files
from modules.policy.problems import PolicyError, Problem, quote
from modules.project.context import CONFIGURATION, check_context, own_context
from modules.provider.backend import Backend, CloudBackend, LocalBackend, S3Backend


@dataclass(frozen=True, kw_only=True)
class Project:
    """The policy files, in the order of their names, and the backend of every stack.

    `account`: the only one that the stacks may be deployed to, where it is said.
    """

    policies: tuple[Path, ...]
    backend: Backend
    account: str | None = None


def load_project(folder: Path, policies: Sequence[str] = ()) -> Project:
    """The project of the folder that holds cdktf.json; `policies` stand in for the context's.

    Raises PolicyError where the context is wrong, or a pattern matches no file.
    """
    own = own_context(folder, **({"policies": list(policies)} if policies else {}))
    given = policy_files(folder / path for path in policies)
    return Project(
        policies=tuple(sorted(given)) or _policy_files(folder, own["policies"]),
        backend=_backend(own.get("backend"), LocalBackend()),
        account=own.get("account"),
    )


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a root module keeps its state, and the one account that it may be applied to."""

    backend: Backend
    account: str | None = None


def load_destination(folder: Path, backend: str | None, default: Backend) -> Destination:
    """What the folder's cdktf.json says, if it has one; `backend` is a JSON text instead of its.

    Raises PolicyError where something is wrong.
    """
    has_project = (folder / CONFIGURATION).exists()
    anything: dict[str, Any] = {"policies": ["*"]}
    own = own_context(folder, **anything) if has_project else anything
    if backend is not None:
        own["backend"] = _parsed(backend)
        check_context(own, "--backend", ())
    return Destination(backend=_backend(own.get("backend"), default), account=own.get("account"))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        message = f"found no JSON ({error}); expected a backend such as " + '{"local": {}}'
        raise PolicyError([Problem("--backend", "$", message)]) from None


def pinned_account(folder: Path) -> str | None:
    """The account that the folder's cdktf.json names, if there is one. Raises PolicyError."""
    return load_destination(folder, None, LocalBackend()).account


def _policy_files(folder: Path, patterns: Sequence[str]) -> tuple[Path, ...]:
    problems, found = [], set[Path]()
    for index, pattern in enumerate(patterns):
        matching = _matching(folder, pattern)
        if not matching:
            message = (
                f"found no file for {quote(pattern)}; expected at least one policy file: copy "
                f"examples/patch_policy.yaml there and edit it"
            )
            problems.append(Problem(CONFIGURATION, f"$.context.policies[{index}]", message))
        found |= matching
    if problems:
        raise PolicyError(problems)
    return tuple(sorted(found))


def _matching(folder: Path, pattern: str) -> set[Path]:
    path = Path(pattern)
    if not any(sign in pattern for sign in "*?["):
        return {match for match in policy_files([folder / path]) if _is_there(match)}
    base, relative = (
        (Path(path.anchor), path.relative_to(path.anchor)) if path.anchor else (folder, path)
    )
    try:
        return {match for match in base.glob(str(relative)) if match.is_file()}
    except ValueError:  # a pattern that is none, such as **x
        return set()


def _is_there(path: Path) -> bool:
    """Whether it is anything but a folder: what it is, is said by whoever reads it."""
    return os.path.lexists(path) and not path.is_dir()


def _backend(chosen: Mapping[str, Any] | None, local: Backend) -> Backend:
    match chosen:
        case {"s3": settings}:
            return S3Backend(**settings)
        case {"cloud": settings}:
            return CloudBackend(**{**settings, "tags": tuple(settings.get("tags", ()))})
        case _:
            return local
