"""Write dental records: care reports and patient contacts."""
