"""The run store: experiments, runs, params, metrics, tags, artifacts and their search."""
