"""Lock files pin by version and hash, and name no place to download from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.strip_lock_addresses import strip_package_lock, strip_pipfile_lock

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["Pipfile.lock", "package-lock.json"])
def test_a_lock_file_holds_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_of_a_pipfile_lock_all_but_addresses_stays() -> None:
    lock = {
        "_meta": {"hash": {"sha256": "0"}, "sources": [{"url": "https://index.example"}]},
        "default": {"boto3": {"hashes": ["sha256:1"], "index": "pypi", "version": "==1"}},
        "develop": {},
    }
    assert strip_pipfile_lock(lock) == {
        "_meta": {"hash": {"sha256": "0"}, "sources": []},
        "default": {"boto3": {"hashes": ["sha256:1"], "version": "==1"}},
        "develop": {},
    }


def test_of_a_package_lock_all_but_addresses_stays() -> None:
    addresses = {"resolved": "https://index.example/a.tgz", "funding": {"url": "https://a.example"}}
    package = {"version": "1.0.0", "integrity": "sha512-1"}
    lock = {"lockfileVersion": 3, "packages": {"node_modules/a": {**package, **addresses}}}
    assert strip_package_lock(lock) == {
        "lockfileVersion": 3,
        "packages": {"node_modules/a": package},
    }


def test_stripping_again_changes_nothing() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert strip_package_lock(lock) == lock
