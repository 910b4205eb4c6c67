"""Question sets with gold evidence, measures, baselines, and the table they make."""
