"""Laws: what holds for every op there is, and for one that is made tomorrow."""
