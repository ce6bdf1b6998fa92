"""HTTP in, HTML out: care reports and patient contacts, in the order of urls.py."""
