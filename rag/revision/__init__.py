"""Old notes made better: proposals and checks from the papers, and changes that people decide on."""
