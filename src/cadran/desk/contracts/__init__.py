"""Contracts with their services, lines and commitments."""
