"""Opens untrusted files; the only code that a student's bytes ever reach."""
