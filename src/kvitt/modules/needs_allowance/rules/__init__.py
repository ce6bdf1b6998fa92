"""The rules of needs allowance (*behovspeng*): the case, its procedures, its money."""
