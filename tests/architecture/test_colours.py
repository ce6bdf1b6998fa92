"""The colours of the stylesheet can be told apart: WCAG 2.1 contrast, computed from the tokens."""

import re
from pathlib import Path

import pytest

STYLESHEET = next((Path(__file__).parents[2] / "src").rglob("kvitt.css"))
BLOCK = re.compile(r"(?P<selector>[^{}]+)\{(?P<body>[^{}]*)\}")
TOKEN = re.compile(r"--kv-([\w-]+):\s*(#[0-9a-fA-F]{6})\b")
TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("surface", "bg", "sunken")
STATUSES = ("ok", "warn", "wait", "bad", "inv", "cred")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS),
    ("accent-hover", "surface", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("ink", "accent-soft", TEXT),
    *((status, f"{status}-soft", TEXT) for status in STATUSES),
    *((status, "surface", TEXT) for status in STATUSES),
    *(("line-strong", ground, CONTROL) for ground in GROUNDS),
    *((f"lamp-{lamp}", "surface", CONTROL) for lamp in ("red", "yellow", "green")),
]


def palettes():
    """Return the colours of the light block and of every dark one, in the order of the file."""
    css = re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    blocks = [dict(TOKEN.findall(block["body"])) for block in BLOCK.finditer(css)]
    return [block for block in blocks if "bg" in block]


LIGHT, *DARK = palettes()


def luminance(colour):
    """Return the relative luminance of `#rrggbb`. Source: WCAG 2.1, definition of relative luminance."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast ratio of two colours. Source: WCAG 2.1, definition of contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.requirement("QU-21")
@pytest.mark.parametrize("palette", [LIGHT, DARK[0]], ids=["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS, ids=str)
def test_colour_stands_out_from_its_ground(palette, colour, ground, least):
    assert contrast(palette[colour], palette[ground]) >= least


def test_dark_is_dark_however_it_was_chosen():
    assert all(palette == DARK[0] for palette in DARK)


def test_contrast_of_black_and_white_is_the_highest_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
