"""Why a ticket is due when it is."""
