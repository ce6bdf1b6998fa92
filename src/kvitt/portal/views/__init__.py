"""The portal's pages, one file for each part, in the order of urls.py."""
