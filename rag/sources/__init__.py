"""Where documents and facts about them come from: arXiv, files, articles, code links."""
