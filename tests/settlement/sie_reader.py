"""An independent, strict reader of SIE 4I files: enough of the standard to check what Kvitt writes."""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal

# Fields of a post: in quotation marks with escapes, an object list in braces, or a plain word.
_FIELD = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|\{([^}]*)\}|([^\s"{}]+))')


@dataclass
class Read:
    """What a file says; vouchers are (series, number, day, text, rows of (account, objects, amount))."""

    posts: dict = field(default_factory=dict)
    accounts: dict = field(default_factory=dict)
    dimensions: dict = field(default_factory=dict)
    objects: set = field(default_factory=set)
    vouchers: list = field(default_factory=list)
    order: list = field(default_factory=list)


def fields_of(line):
    """Split a post into its label and fields; a list of objects becomes a dictionary."""
    label, _space, rest = line.partition(" ")
    found, place = [], 0
    while place < len(rest):
        match = _FIELD.match(rest, place)
        assert match, line
        quoted, objects, word = match.groups()
        if objects is not None:
            parts = fields_of(f"x {objects}")[1] if objects else []
            assert len(parts) % 2 == 0, line
            found.append(dict(zip(parts[::2], parts[1::2], strict=True)))
        else:
            found.append(word if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        place = match.end()
    return label, found


def read(content):
    """Read a file; every line ends with CRLF, and nothing in it is unknown."""
    assert content.endswith(b"\r\n")
    lines = content.decode("cp437").split("\r\n")[:-1]
    assert not any(ord(letter) < 32 or letter == "\x7f" for line in lines for letter in line)
    result, rows = Read(), None
    for line in lines:
        if line in "{}":
            assert (line == "{") == (rows == [])
            rows = rows if line == "{" else None
            continue
        label, found = fields_of(line)
        result.order.append(label)
        if label == "#VER":
            assert rows is None
            rows = []
            series, number, day, text = found
            result.vouchers.append((series, int(number), dt.date.fromisoformat(day), text, rows))
        elif label == "#TRANS":
            account, objects, amount = found
            assert account in result.accounts
            assert set(objects.items()) <= result.objects
            assert re.fullmatch(r"-?\d+\.\d\d", amount)
            rows.append((account, objects, Decimal(amount)))
        elif label == "#KONTO":
            result.accounts[found[0]] = found[1]
        elif label == "#DIM":
            result.dimensions[found[0]] = found[1]
        elif label == "#OBJEKT":
            assert found[0] in result.dimensions
            result.objects.add((found[0], found[1]))
        else:
            result.posts[label] = found
    assert rows is None
    return result
