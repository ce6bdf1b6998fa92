"""E-mail to clinics about what has happened: what each has chosen, and the outbox it leaves through."""
