"""From a verified sign-off to a sealed PDF that anyone can verify."""
