"""Write needs allowance: make and delete cases, report procedures, invoice."""
