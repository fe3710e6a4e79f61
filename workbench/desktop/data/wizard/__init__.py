"""The wizard that adds a data source."""
