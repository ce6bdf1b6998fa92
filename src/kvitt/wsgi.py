"""The application as web servers know it."""

import ipaddress
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvitt.settings")


def calculate_visitor_address(called_from: str, forwarded_for: str, *, proxies: int) -> str:
    """The address of who asks: what the outermost of our own proxies wrote of who called it.

    Each proxy adds to the end of `X-Forwarded-For`; what stands before that the visitor may have made up.
    Where the chain is shorter than it should be, or what is written is no address, nothing in it is believed.
    """
    chain = [part.strip() for part in forwarded_for.split(",")]
    if not 0 < proxies <= len(chain):
        return called_from
    try:
        return str(ipaddress.ip_address(chain[-proxies]))
    except ValueError:
        return called_from


def _behind_proxies(answer: Callable[..., Iterable[bytes]], proxies: int) -> Callable[..., Iterable[bytes]]:
    """Let the application know visitors by their own addresses, not by the nearest proxy's."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = calculate_visitor_address(
            environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", ""), proxies=proxies
        )
        return answer(environ, start_response)

    return application


application = _behind_proxies(get_wsgi_application(), settings.KVITT_PROXIES)
