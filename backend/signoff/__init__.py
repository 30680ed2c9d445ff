"""What a client signed: the record, its documents, its evidence."""
