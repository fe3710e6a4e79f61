"""Editors of steps: panels above the grid."""
