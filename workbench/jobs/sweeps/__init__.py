"""Sweeps: many runs of one script over a space of parameters, as children of one run."""
