"""Who a request speaks for: accounts, sessions, roles and devices."""
