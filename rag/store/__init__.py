"""The truth: SQLAlchemy tables, migrations, and reads and writes in the words of the house."""
