"""What is common from approval on: line, invoice, credit, invoicing window."""
