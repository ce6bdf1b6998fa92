"""HTTP in, HTML out: one file per part of the case, in the order of urls.py."""
