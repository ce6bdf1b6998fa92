"""Befolkningsansvar: preventive activities of a clinic, invoiced by the calendar."""
