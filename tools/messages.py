"""Find the texts to translate in the program and compare them with the Swedish ones.

Without arguments new texts are added to the translation, and gone ones removed. With `--check` nothing is
written: every text of the program must have a translation that is not marked uncertain, and none may be
left over. Finding texts needs GNU gettext; where it is missing the check says so and passes, but in CI.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "kvitt"
TRANSLATION = Path("locale/sv/LC_MESSAGES/django.po")


def main() -> int:
    """Update or check the translation; return 1 when there are faults."""
    if shutil.which("xgettext") is None:
        print("GNU gettext is missing: the texts were not compared. Install the package gettext.")
        return 1 if os.environ.get("CI") == "true" or "--check" not in sys.argv[1:] else 0
    if "--check" not in sys.argv[1:]:
        find_texts(PACKAGE)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "kvitt"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "static", "*.mo"))
        find_texts(copy)
        faults = compare(wanted=read(copy / TRANSLATION), present=read(PACKAGE / TRANSLATION))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def find_texts(package: Path) -> None:
    """Let Django write every text of the package into its translation."""
    (package / TRANSLATION).parent.mkdir(parents=True, exist_ok=True)
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    command = ["makemessages", "--locale", "sv", "--add-location", "file", "--no-wrap", "--no-obsolete"]
    # What the parameters mean is read on the administrator's pages; gettext knows Python, not TOML.
    meanings = package / "parameters.toml.py"
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in package.rglob("parameters.toml")]
    texts = sorted(entry["meaning"] for file in files for entry in file.values())
    meanings.write_text("".join(f"_({text!r})\n" for text in texts), encoding="utf-8")
    try:
        subprocess.run([sys.executable, "-m", "django", *command], cwd=package, env=environment, check=True)
    finally:
        meanings.unlink()


def read(path: Path) -> Catalog:
    """Return the translation in a file, or an empty one."""
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file)


def compare(*, wanted: Catalog, present: Catalog) -> list[str]:
    """Return one line for each text that is not translated, uncertain or left over."""
    texts = {(message.context, message.id) for message in wanted if message.id}
    known = {(message.context, message.id): message for message in present if message.id}
    faults = [f"not in {TRANSLATION}: {text!r}" for _, text in sorted(texts - known.keys(), key=str)]
    for key, message in known.items():
        if key not in texts:
            faults.append(f"left over: {message.id!r}")
        elif not all(message.string if isinstance(message.string, list | tuple) else [message.string]):
            faults.append(f"not translated: {message.id!r}")
        elif message.fuzzy:
            faults.append(f"marked uncertain (fuzzy): {message.id!r}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
