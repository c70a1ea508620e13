"""What people see: command line, figures, records, notebook views, validation."""
