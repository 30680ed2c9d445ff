"""Journeys: people with real browsers against the running program. Each page says what a person does, in verbs."""
