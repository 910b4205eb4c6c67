"""How a paper comes in, and how the index is made again: the rooms below in one order, safe to repeat."""
