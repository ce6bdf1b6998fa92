"""Chromium for the tests that need a browser; they are skipped, with the reason, where there is none."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

# Playwright keeps an event loop in the test's thread; without this Django refuses to read the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long a page takes says something of the machine, not of the page.
expect.set_options(timeout=30_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# A page whose script has yet to run.
DEAF = "html:not(.kv-js):has(script[src*='kvitt.js'])"
# What a module's pages look like in a state of theirs: the journeys look at such states at 1280 and in light,
# and at all pages both ways.
LOOKS = pytest.mark.parametrize(("viewport", "color_scheme"), [pytest.param(PHONE, "dark", id="390-dark")])
# The browser stays off the network: it finds nothing but this machine.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """Return the browser that KVITT_CHROMIUM names, or the first on the path."""
    return os.environ.get("KVITT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser per test process."""
    program = find_chromium()
    if program is None:
        reason = f"no browser: put {NAMES[0]} on the path, or name it in KVITT_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=FLAGS, chromium_sandbox=not as_root
        )
        yield browser
        browser.close()


@pytest.fixture
def one_request_at_a_time(monkeypatch) -> Iterator[threading.Lock]:
    """Let the threads of the server take turns on SQLite, where the test database has one connection.

    A test that writes while a page asks by itself takes its turn too: `with one_request_at_a_time:`.
    """
    handle, turn = WSGIHandler.__call__, threading.Lock()

    def handle_alone(handler, environ, start_response):
        with turn:
            return handle(handler, environ, start_response)

    if connection.vendor == "sqlite":
        monkeypatch.setattr(WSGIHandler, "__call__", handle_alone)
    yield turn
    with turn:  # what a closed window has asked for last
        pass


@pytest.fixture
def open_browser(chromium: Browser, live_server, one_request_at_a_time) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a window, signed in as a user when one is given.

    `open_browser(user, viewport=PHONE, color_scheme="dark", java_script_enabled=False)`. Every error that
    the pages report, a breach of the content security policy among them, fails the test.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_window(user=None, **options) -> Page:
        # Without motion: contrast measured while a dialog fades in would be the contrast of no page.
        still = {"base_url": live_server.url, "locale": "sv-SE", "reduced_motion": "reduce"}
        context = chromium.new_context(**{**still, "viewport": DESKTOP, **options})
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        page = context.new_page()
        if options.get("java_script_enabled", True):
            # What is shown before the script listens would take a click for something else.
            page.add_locator_handler(page.locator(DEAF), lambda: None)
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: is_fault(message) and errors.append(message.text))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not errors, "\n".join(errors)


def is_fault(message: ConsoleMessage) -> bool:
    """Tell whether the console reports an error of ours.

    A refused form (422) or page (403) is none, nor a connection that the test takes away, nor a request that
    a later one has taken the place of.
    """
    expected = r"status of (403|422|429)|ERR_INTERNET_DISCONNECTED|^htmx:(sendAbort|afterRequest),"
    return message.type == "error" and not re.search(expected, message.text)


def accessibility_faults(page: Page) -> list[str]:
    """Return what axe finds wrong on the page, by WCAG 2.1 A and AA: rule, elements and help."""
    page.wait_for_load_state()
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    if not page.evaluate("() => 'axe' in window"):  # once for a page that is looked at again
        page.evaluate(Axe().axe_script)
    # What passed is not asked for: on a long list it takes longer to tell than to check.
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [
        f"{fault['id']}: {fault['help']} ({', '.join(str(node['target'][0]) for node in fault['nodes'])})"
        for fault in found
    ]
