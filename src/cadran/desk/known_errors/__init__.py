"""Known errors: their list, pages and form, and what is proposed while a ticket is typed."""
