"""What every room stands on: errors, ids, paths, settings, files, processes, secrets, logging. Imports nothing of ours."""
