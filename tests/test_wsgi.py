"""Who asks, behind proxies of one's own; and that no web server runs on the key that everybody knows."""

import os
import subprocess
import sys

import pytest

from kvitt.wsgi import _behind_proxies, calculate_visitor_address

pytestmark = pytest.mark.requirement("QU-18")
PROXY, VISITOR, MADE_UP = "10.0.0.1", "203.0.113.7", "192.0.2.66"


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "expected"),
    [
        (0, VISITOR, PROXY),
        (1, "", PROXY),
        (1, VISITOR, VISITOR),
        (1, f"{MADE_UP}, {VISITOR}", VISITOR),
        (1, f"{MADE_UP},,{VISITOR}", VISITOR),
        (2, f"{MADE_UP}, {VISITOR}, 10.0.0.2", VISITOR),
        (2, VISITOR, PROXY),
        (1, "unknown", PROXY),
        (1, f"{VISITOR}, ", PROXY),
        (1, "2001:DB8::7", "2001:db8::7"),
    ],
)
def test_address_is_what_the_outermost_own_proxy_wrote(proxies, forwarded_for, expected):
    assert calculate_visitor_address(PROXY, forwarded_for, proxies=proxies) == expected


def test_application_gets_the_address_of_the_visitor():
    asked = []
    application = _behind_proxies(lambda environ, _start: asked.append(environ["REMOTE_ADDR"]), 1)

    application({"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": VISITOR}, None)

    assert asked == [VISITOR]


def started(arguments, code="import kvitt.settings"):
    """Read the settings in a program with this command line, without a key and without debug."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("KVITT", "DJANGO"))
    }
    program = f"import sys; sys.argv = {arguments!r}; {code}"
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [[], ["uwsgi"], ["mod_wsgi"], ["/usr/bin/gunicorn"], ["/venv/gunicorn/__main__.py"], ["uwsgi", "demo"]],
)
def test_no_web_server_starts_without_a_key(arguments):
    stopped = started(arguments)

    assert stopped.returncode == 1
    assert "KVITT_SECRET_KEY is not set" in stopped.stderr


@pytest.mark.parametrize(
    "arguments", [["/venv/bin/kvitt"], ["manage.py", "help"], ["/venv/bin/kvitt", "makemigrations"]]
)
def test_commands_that_serve_nothing_need_no_key(arguments):
    assert started(arguments).returncode == 0


def test_command_that_serves_needs_a_key():
    assert started(["/venv/bin/kvitt", "serve"]).returncode == 1
