"""Read what the start page, the patient search, news and support show."""
