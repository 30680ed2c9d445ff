"""The long proof: everything that `make test` does a little of, done much; hours, resumable."""
