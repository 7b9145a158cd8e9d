"""Reading released records: entities, units, answers, and which calculator checks them."""
