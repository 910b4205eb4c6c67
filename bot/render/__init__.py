"""Domain values to messages within Discord's limits. Pure: nothing here knows a connection."""
