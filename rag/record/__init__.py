"""What the group asked and was told, and the servers it did so in."""
