"""The words of the house as frozen values. Imports the standard library only."""
