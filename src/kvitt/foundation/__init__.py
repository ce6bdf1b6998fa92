"""What has no business nouns: values, clock, fields, forms, tables, the page frame."""
