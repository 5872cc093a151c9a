"""Ticket templates: the list, the page, the form, and a ticket turned into one (Spec T16)."""
