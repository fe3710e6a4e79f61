"""The Qt application, one folder per activity."""
