"""Files that are taken in, one Python file for each kind: text to facts."""
