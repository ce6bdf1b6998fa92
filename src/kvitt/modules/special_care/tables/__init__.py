"""The columns of the lists of special care dentistry."""
