"""The queue, the runner, environments and compute targets."""
