"""Open edX, through an XQueue."""
