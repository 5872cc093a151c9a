"""Tests of the clock engine; they need nothing of Cadran."""
