"""The REST API, one file a concept. Endpoints are plain functions: they run in threads, for the managers block."""
