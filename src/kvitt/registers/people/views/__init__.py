"""The pages about persons: the administrator's own, and the dialogs that keep what is known of a person."""

from kvitt.registers.people.views.answers import ask_for_reason

__all__ = ["ask_for_reason"]
