"""The browser for the tests is the one that was named, else the first found."""

import shutil

import pytest

from tests import browser

pytestmark = pytest.mark.requirement("QU-3")


def test_named_browser_is_used(monkeypatch):
    monkeypatch.setenv("KVITT_CHROMIUM", "/somewhere/chromium")

    assert browser.find_chromium() == "/somewhere/chromium"


def test_first_browser_on_the_path_is_used(monkeypatch):
    monkeypatch.delenv("KVITT_CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", {"google-chrome": "/usr/bin/google-chrome"}.get)

    assert browser.find_chromium() == "/usr/bin/google-chrome"


def test_browser_opens_a_page_of_this_machine(open_browser, live_server):
    page = open_browser()

    answer = page.goto("/")

    assert answer is not None
    assert answer.url.startswith(live_server.url)
