"""The settings pages: reference data, people, schedules and commitments, business rules, preferences."""
