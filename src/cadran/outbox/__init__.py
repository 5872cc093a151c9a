"""Messages to leave: what is to be sent by mail or fax, kept exactly as its recipients get it."""
