"""What the pages of customers, contracts and assets share: lists, dialogs, commitment choices, amounts."""
