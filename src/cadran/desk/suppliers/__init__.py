"""Suppliers with their contacts, and the contracts made with them (Spec C7)."""
