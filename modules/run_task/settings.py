"""The service's settings, all from the environment, checked before it starts."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from modules.run_task.addresses import Origin
from modules.run_task.variables import VARIABLES

PREFIX: Final = "PATCH_POLICY_RUN_TASK_"
KEY, KEY_FILE = "HMAC_KEY", "HMAC_KEY_FILE"


class SettingsError(Exception):
    """Every problem of the environment, a line each; no secret is in it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the service runs with; sizes in bytes or MB of 2^20, times in seconds."""

    hmac_key: bytes = field(repr=False)
    hcp_address: Origin
    ca_file: Path | None
    listen: tuple[str, int]
    tls_certificate: Path | None
    tls_key: Path | None
    fail_on: str
    allow: Mapping[str, str]
    timezone: str
    fleet: Path | None
    max_plan_mb: int
    download_seconds: int
    reviews: int
    review_memory_mb: int
    review_seconds: int
    callback_seconds: int
    max_runs: int
    stop_seconds: int
    log_level: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment; SettingsError has every problem at once."""
    problems = list(_unknown(environment))
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        text = environment.get(PREFIX + variable.name, variable.default)
        try:
            values[variable.name.lower()] = variable.read(text)
        except ValueError as error:
            problems.append(f"{PREFIX}{variable.name}: found {text[:80]!r}; {error}")
    try:
        values["hmac_key"] = _key(environment)
    except ValueError as error:
        problems.append(str(error))
    if "tls_certificate" in values and "tls_key" in values:
        problems.extend(_tls(values["tls_certificate"], values["tls_key"]))
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def _unknown(environment: Mapping[str, str]) -> Iterator[str]:
    known = [KEY, KEY_FILE, *(each.name for each in VARIABLES)]
    for name in sorted(environment):
        short = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and short not in known:
            near = get_close_matches(short, known, n=1)
            hint = f"; the nearest is {PREFIX}{near[0]}" if near else ""
            yield f"{name}: found a setting that there is not{hint}"


def _tls(certificate: Path | None, key: Path | None) -> Iterator[str]:
    """What is wrong with the service's own certificate."""
    names = f"{PREFIX}TLS_CERTIFICATE and {PREFIX}TLS_KEY"
    if not certificate or not key:
        if certificate or key:
            yield f"{names}: expected both or neither"
        return
    try:
        # A key with a password would be asked for at a terminal that there is not.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except OSError as error:  # SSLError is one
        yield (
            f"{names}: found {getattr(error, 'reason', None) or 'no PEM'};"
            " expected a certificate chain and its key in PEM, without a password"
        )


def _key(environment: Mapping[str, str]) -> bytes:
    """The key of the signatures; messages never quote it."""
    given, file = environment.get(PREFIX + KEY), environment.get(PREFIX + KEY_FILE)
    if bool(given) == bool(file):
        found = "both" if given else "neither"
        raise ValueError(
            f"{PREFIX}{KEY} and {PREFIX}{KEY_FILE}: found {found}; expected one of them, with"
            " the HMAC key of the run task"
        )
    if given:
        if given.isspace():
            raise ValueError(f"{PREFIX}{KEY}: found white space; expected the HMAC key")
        return os.fsencode(given)
    try:
        key = Path(file or "").read_bytes().strip()
    except (OSError, ValueError):
        raise ValueError(f"{PREFIX}{KEY_FILE}: expected a file that can be read") from None
    if not key:
        raise ValueError(f"{PREFIX}{KEY_FILE}: found an empty file; expected the HMAC key")
    return key
