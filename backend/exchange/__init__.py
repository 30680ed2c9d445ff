"""The one way in and the one way out: operations are pushed, the feed is pulled. Knows no subject."""
