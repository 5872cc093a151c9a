"""Signing in: by password, or once by a link; strangers choose their language here."""
