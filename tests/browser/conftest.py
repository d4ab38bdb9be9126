"""Pages in a real browser. Where there is none, that is said at the end of every test run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.webdriver import Browser, chromium

MISSING = (
    "NO BROWSER: the HTML page was not looked at. Install chromium and chromedriver"
    " (Debian: apt install chromium chromium-driver)."
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    driver = shutil.which("chromedriver")
    binary = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if not driver or not binary:
        pytest.skip(MISSING)
    with chromium(driver, binary) as started:
        yield started


@pytest.fixture
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()
