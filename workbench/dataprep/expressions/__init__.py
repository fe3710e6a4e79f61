"""SQL scalars of the user: which functions they may use, and their form on Spark."""
