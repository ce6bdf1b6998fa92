"""The program `kvitt`: Django's commands and our own, with one set of exit codes."""

import datetime as dt
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

DEMO_DAY = 20


def main() -> None:
    """Run the command named on the command line."""
    if sys.argv[1:2] == ["demo"]:
        prepare_demo(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvitt.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings are chosen first

    execute_from_command_line(sys.argv)


def prepare_demo(arguments: Sequence[str]) -> None:
    """Choose the demo's settings before Django reads them: its own database, key and day.

    Without KVITT_TODAY the day is the 20th of this month, when the invoicing period is open (spec CO-18).
    """
    # The clock's own module needs settings, which this chooses.
    this_month = dt.datetime.now(tz=ZoneInfo("Europe/Stockholm")).date()  # noqa: TID251
    fixed = os.environ.get("KVITT_TODAY")
    folder = Path(_value_of("--data", arguments) or (Path("data") / (f"demo-{fixed}" if fixed else "demo")))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["KVITT_DATA"] = str(folder.resolve())
    os.environ.pop("KVITT_DATABASE_URL", None)
    os.environ.pop("KVITT_DOCUMENTS", None)  # the demo empties its folder
    os.environ.setdefault("KVITT_TODAY", this_month.replace(day=DEMO_DAY).isoformat())
    os.environ.setdefault("KVITT_ENVIRONMENT", "ACCEPTANSTEST")
    os.environ.setdefault("KVITT_WITHOUT_TLS", "1")
    os.environ.setdefault("KVITT_EMAIL_URL", (folder.resolve() / "mail").as_uri())
    os.environ.setdefault("KVITT_BASE_URL", f"http://127.0.0.1:{_value_of('--port', arguments) or 8000}")
    os.environ["KVITT_POPULATION_REGISTER"] = str(folder.resolve() / "population-register.csv")
    os.environ.setdefault("KVITT_SECRET_KEY", _own_key(folder / "secret.key"))


def _value_of(option: str, arguments: Sequence[str]) -> str:
    """Return the value of `--data DIR` or `--data=DIR`, empty without it."""
    for place, argument in enumerate(arguments, start=1):
        if argument == option:
            return "".join(arguments[place : place + 1])
        if argument.startswith(f"{option}="):
            return argument.partition("=")[2]
    return ""


def _own_key(path: Path) -> str:
    """Return the key of this demo, made the first time."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


if __name__ == "__main__":
    main()
