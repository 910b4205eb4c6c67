"""Sessions: a group goes through one paper's questions; what it answers becomes its notes."""
