"""Google Classroom."""
