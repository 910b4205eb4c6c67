"""Embedders and the vector index: everything here can be thrown away and rebuilt."""
