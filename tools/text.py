"""Say where a text file has loose ends: blanks at a line's end, no newline at the end, a secret key."""

import re
import sys
from pathlib import Path

SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|KVITT_SECRET_KEY=[^\s\"'$]{20,}")


def main() -> int:
    """Read the files named on the command line; return 1 when there are faults."""
    faults = [fault for name in sys.argv[1:] for fault in faults_in(Path(name))]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def faults_in(path: Path) -> list[str]:
    """Return one line for each fault of a file."""
    content = path.read_text(encoding="utf-8")
    faults = []
    for number, line in enumerate(content.split("\n"), start=1):
        if line != line.rstrip():
            faults.append(f"{path}:{number}: blanks at the line's end")
        if SECRET.search(line):
            faults.append(f"{path}:{number}: looks like a secret key")
    if content and not content.endswith("\n"):
        faults.append(f"{path}: no newline at the end")
    return faults


if __name__ == "__main__":
    sys.exit(main())
