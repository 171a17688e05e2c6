"""Which of the four series of gradient norms a logged column is."""
