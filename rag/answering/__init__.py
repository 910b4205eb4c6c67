"""From hits to an answer: evidence sentences, quotes found on their pages, writers, abstention."""
