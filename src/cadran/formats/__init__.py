"""How Django writes dates and instants in sentences and templates: as the screens do, in both languages alike."""
