"""Publish news, answers and contacts; ask and answer questions."""
