"""What every table of the database hangs on."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
