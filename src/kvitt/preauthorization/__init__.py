"""Requests for a decision before care is given, the assessor's desk, decisions: for both dental modules."""
