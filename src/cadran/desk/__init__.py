"""The staff's web interface."""
