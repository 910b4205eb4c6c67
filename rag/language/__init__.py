"""Language models: which may be asked for whom, what they are asked, what they answer, and what that cost."""
