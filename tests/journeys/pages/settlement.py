"""Payment runs, payments, bank files and vouchers."""

from tests.journeys.pages.page import Page

PAGES: list[Page] = []
