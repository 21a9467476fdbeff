// Simulated histories: see docs/history.md.
