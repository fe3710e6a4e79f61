"""A supervisor of a job's own: it lives where the job runs, keeps log and exit code, and needs neither runner nor connection."""
