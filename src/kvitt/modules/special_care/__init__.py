"""Särskilt tandvårdsstöd: certificates, preauthorized care, claims of clinics and their invoices."""
