"""The rules of special care dentistry."""
