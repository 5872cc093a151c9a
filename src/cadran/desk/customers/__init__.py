"""Customers with their sites and contacts."""
