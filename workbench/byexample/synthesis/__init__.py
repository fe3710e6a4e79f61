"""Learning programs from input-output examples."""
