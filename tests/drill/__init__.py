"""The restore drill: an installation that is destroyed and put back, and everything that its tablets had done."""
