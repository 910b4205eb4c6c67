"""The texts of Seminar as files: what a person is told, what a model is asked."""
