"""What waits for a dispatcher: gathered from every slice, each thing once."""
