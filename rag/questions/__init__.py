"""Questions: a template's fields and a paper's own things made into a question set, each with checked evidence."""
