"""The console's pages, a module a theme; each adds its doors to the blueprint."""
