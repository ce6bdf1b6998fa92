"""The numbers of cases as they are typed."""

import re

_FULL_NUMBER = re.compile(r"^([BR])(\d{4})-?(\d{1,6})$")


def complete_number(text: str) -> str:
    """Return a typed number as it is stored: `b2024-12` becomes `B2024-000012`; a beginning stays one."""
    compact = text.strip().upper().replace(" ", "")
    match = _FULL_NUMBER.match(compact)
    return f"{match[1]}{match[2]}-{int(match[3]):06d}" if match else compact
