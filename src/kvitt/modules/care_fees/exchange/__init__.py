"""Files of care fees: what is written in them, to facts, one Python file for each kind."""
