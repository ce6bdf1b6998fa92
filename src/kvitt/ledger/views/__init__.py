"""HTTP in, HTML out, one file per part of the app."""
