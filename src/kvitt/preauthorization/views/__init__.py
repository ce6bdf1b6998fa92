"""The assessor's queue, and what the pages of the modules share: the desk and the documents of a case."""
