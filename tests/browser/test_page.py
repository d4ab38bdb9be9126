"""The HTML page of a review, in Chromium: phone, dark mode, print, keyboard, screen reader."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from modules.review.render import html
from modules.review.report import Report
from modules.review.review import review
from modules.review.when import Clock
from tests.browser.webdriver import Browser
from tests.unit.review.labelled import plan_of

CLOCK = Clock(
    start=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    zone=ZoneInfo("Asia/Tokyo"),
    zone_name="Asia/Tokyo",
)
PLANS = (
    "scan-becomes-install-at-once-with-reboots",
    "install-moves-to-saturday",
    "a-policy-is-created",
    "every-action",
    "nothing-changes",
)
# The contrast of every text with what is behind it, by the formulas of WCAG 2.
CONTRAST = """
const light = c => {
  const part = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
};
const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
const behind = element => {
  for (let each = element; each; each = each.parentElement) {
    const colour = rgb(getComputedStyle(each).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
};
const low = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
  const [a, b] = [rgb(getComputedStyle(element).color), behind(element)].map(light);
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
}
return low;
"""
STRUCTURE = """
const names = [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]));
return {
  language: document.documentElement.lang,
  title: document.title,
  headings: names,
  jumps: names.filter((level, n) => n && level > names[n - 1] + 1),
  mains: document.querySelectorAll('main').length,
  broken: [...document.querySelectorAll('a[href^="#"]')]
    .filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash),
  outside: [...document.querySelectorAll('[src],link,script,iframe')].map(e => e.outerHTML),
  twice: [...document.querySelectorAll('[id]')].map(e => e.id)
    .filter((id, n, all) => all.indexOf(id) !== n),
  unlabelled: [...document.querySelectorAll('input')].filter(i => !i.labels.length).length,
  tables: [...document.querySelectorAll('table')]
    .filter(t => !t.querySelector('th[scope]')).length,
};
"""


def page(name: str, folder: Path, **members: object) -> Path:
    report: Report = review(plan_of(name), CLOCK, f"{name}.json", {})
    file = folder / f"{name}.html"
    file.write_text(html.render(replace(report, **members)), encoding="utf-8")  # type: ignore[arg-type] # members of a report
    return file


@pytest.fixture(params=PLANS)
def opened(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Browser:
    browser.media()
    browser.resize(1280)
    browser.open(page(request.param, tmp_path))
    return browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(opened: Browser, scheme: str) -> None:
    opened.media(prefers_color_scheme=scheme)
    opened.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert opened.run(CONTRAST) == []


def test_the_page_has_the_structure_that_a_screen_reader_needs(opened: Browser) -> None:
    found = opened.run(STRUCTURE)
    assert found["language"] == "en"
    assert found["title"].startswith("Patch policy review")
    assert found["headings"].count(1) == 1
    assert found["mains"] == 1
    for nothing in ("jumps", "broken", "outside", "twice"):
        assert found[nothing] == [], nothing
    assert (found["unlabelled"], found["tables"]) == (0, 0)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_a_phone(opened: Browser, width: int) -> None:
    opened.resize(width)
    assert opened.run("return document.documentElement.scrollWidth") <= width


TORN = """
return [...document.querySelectorAll('th, .scroll td:first-child')].filter(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return /^\\S+$/.test(cell.innerText.trim()) && range.getClientRects().length > 1;
}).map(cell => cell.innerText);
"""


@pytest.mark.parametrize(("medium", "width"), [("screen", 390), ("screen", 768), ("print", 680)])
def test_no_word_of_a_table_is_torn(opened: Browser, medium: str, width: int) -> None:
    opened.resize(width)
    opened.media(medium)
    assert opened.run(TORN) == []


def test_the_page_complains_of_nothing_and_loads_nothing(opened: Browser) -> None:
    assert opened.log() == []
    assert opened.run("return performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("name", ["install-moves-to-saturday"])
def test_the_calendar_shows_before_or_after(browser: Browser, tmp_path: Path, name: str) -> None:
    browser.open(page(name, tmp_path))
    visible = (
        "return ['before', 'after'].map(c => [...document.querySelectorAll(`.calendar .${c}`)]"
        ".filter(e => e.checkVisibility()).length)"
    )
    choose = "document.querySelector(arguments[0]).click()"
    assert browser.run(visible) == [4, 4]
    browser.run(choose, ".show-before")
    assert browser.run(visible) == [4, 0]
    browser.run(choose, ".show-after")
    assert browser.run(visible) == [0, 4]


def test_reboots_are_marked_in_words_and_not_in_colour_alone(
    browser: Browser, tmp_path: Path
) -> None:
    browser.open(page("scan-becomes-install-at-once-with-reboots", tmp_path))
    texts = browser.run("return [...document.querySelectorAll('.reboots')].map(e => e.innerText)")
    assert texts == ["new: 11:00 Install a1b2c reboots"] * 4


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    browser: Browser, tmp_path: Path
) -> None:
    browser.open(page("install-moves-to-saturday", tmp_path))
    focusable = "return document.querySelectorAll('a, summary, input:checked, [tabindex]').length"
    expected = browser.run(focusable)
    reached = []
    for _ in range(expected):
        browser.press("Tab")
        reached.append(
            browser.run(
                "const e = document.activeElement, s = getComputedStyle(e);"
                "return [e.outerHTML.slice(0, 60), s.outlineStyle !== 'none', e.checkVisibility()]"
            )
        )
    assert len({each[0] for each in reached}) == expected
    assert [each for each in reached if not (each[1] and each[2])] == []


def test_on_paper_everything_is_there(browser: Browser, tmp_path: Path) -> None:
    """Folded parts are printed, and what is only for the screen is not."""
    browser.open(page("install-moves-to-saturday", tmp_path))
    browser.media("print")
    folded = (
        "return [...document.querySelectorAll('details article')]"
        ".every(each => each.getBoundingClientRect().height > 0)"
    )
    assert browser.run(folded)
    assert browser.run("return document.querySelector('nav').checkVisibility()") is False
    browser.media()


def test_a_screen_reader_is_told_the_names_of_regions(browser: Browser, tmp_path: Path) -> None:
    browser.open(page("install-moves-to-saturday", tmp_path))
    named: set[tuple[str, str]] = set()
    patience = time.monotonic() + 10
    while len(named) < 2 and time.monotonic() < patience:  # the browser makes the tree when asked
        named = {
            (node["role"]["value"], str(node.get("name", {}).get("value")).strip())
            for node in browser.cdp("Accessibility.getFullAXTree")["nodes"]
            if not node["ignored"]
        }
    assert ("navigation", "Sections") in named
    assert ("region", "The next four weeks") in named
    assert ("table", "Patch runs in Asia/Tokyo") in named
    assert ("radio", "Before the apply") in named
    assert ("group", "Show") in named
