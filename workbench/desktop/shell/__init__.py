"""The window: rail, header, activities, jobs, status."""
