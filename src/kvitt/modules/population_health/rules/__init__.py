"""The rules of population responsibility."""
