"""Documents to pages, sections, blocks and passages."""
