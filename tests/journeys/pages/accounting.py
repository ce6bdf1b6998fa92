"""The account strings of the region's bookkeeping."""

from tests.journeys.pages.page import Page

PAGES: list[Page] = []
