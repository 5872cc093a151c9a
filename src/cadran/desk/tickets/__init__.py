"""The ticket's page, its dialogs, its interventions and its attachments."""
