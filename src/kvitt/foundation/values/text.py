"""Texts in pure code: marking for translation, sorting and finding as Swedes do."""

import unicodedata

_NO_BREAK_SPACE = "\u00a0"
_KILO, _MEGA = 1_000, 1_000_000
# å, ä, ö come after z, in that order; the code points after "z" are free for it.
_SWEDISH = str.maketrans({"å": "{", "ä": "|", "ö": "}", "æ": "|", "ø": "}"})


def gettext_noop(message: str) -> str:
    """Return the message unchanged; the name tells makemessages to extract it."""
    return message


def search_key(text: str) -> str:
    """Return the text as it is searched for: without regard to case, spaces made single."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def sort_key(text: str) -> str:
    """Return a key that sorts in Swedish order (å ä ö last) by plain comparison of characters.

    Other accents are dropped (é sorts as e), as in a Swedish telephone directory.
    """
    swedish = search_key(text).translate(_SWEDISH)
    decomposed = unicodedata.normalize("NFKD", swedish)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def format_size(count: int) -> str:
    """Return a number of bytes as people read it: `812 kB`, `1,2 MB`; never less than 1 kB."""
    if count < _MEGA:
        return f"{max(1, round(count / _KILO))}{_NO_BREAK_SPACE}kB"
    tenths = round(count / (_MEGA // 10))
    decimals = f",{tenths % 10}" if tenths % 10 else ""
    return f"{tenths // 10}{decimals}{_NO_BREAK_SPACE}MB"
