"""Texts in pure code: marking for translation, sorting and finding as Swedes do."""

import unicodedata

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
