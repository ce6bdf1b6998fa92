#!/usr/bin/env python3
"""The same program as `kvitt`, where Django's tools look for it."""

from kvitt.__main__ import main

if __name__ == "__main__":
    main()
