"""Learns programs from input-output examples; explains, prints and compiles them."""
