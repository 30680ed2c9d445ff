"""Rescue files: what a tablet could not send, in one sealed file that the office reads in its place."""
