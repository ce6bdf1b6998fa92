"""Uploaded files and physical attachments."""
