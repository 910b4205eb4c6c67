"""The agenda: whose week it is, what is posted when, and the papers that wait to be read."""
