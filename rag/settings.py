"""Every setting of the core: one frozen object, read from the environment (``SEMINAR_*``) and ``.env``."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import Refused


class Settings(BaseSettings):
    """What an organiser may set. Units are in the names; base URLs can point at a mirror."""

    model_config = SettingsConfigDict(
        env_prefix="SEMINAR_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("seminar"))
    guild: str | None = None

    embedder: str = "minilm"
    """``minilm`` (ONNX, in the box), ``none`` (words only) or ``sentence-transformers:<model or path>``."""
    weights_path: Path | None = None
    reranker: str = "none"
    """``none`` or ``cross-encoder:<model or path>``."""

    contact: str = ""
    """A mail address or URL for the User-Agent, as arXiv asks of programs."""
    arxiv_api_url: str = "https://export.arxiv.org/api/query"
    arxiv_pdf_url: str = "https://arxiv.org/pdf"
    arxiv_interval_s: float = Field(default=3.0, ge=0)
    arxiv_retries: int = Field(default=4, ge=0, le=10)
    """How often a request that failed for the time being is repeated, after 3, 6, 12, 24 seconds."""
    paperswithcode_url: str = "https://paperswithcode.co"
    huggingface_url: str = "https://huggingface.co"
    ask_code_links_online: bool = True
    allow_private_addresses: bool = False
    """Let ``add URL`` reach this machine and its network: for mirrors and tests."""

    max_download_mb: int = Field(default=50, gt=0)
    max_pdf_pages: int = Field(default=400, gt=0)
    reading_timeout_s: float = Field(default=120.0, gt=0)
    reading_memory_mb: int = Field(default=2_048, gt=0)

    keep_left_server_days: int = Field(default=30, ge=0)
    """How long the data of a server that the bot left is kept."""
    keep_answers_days: int = Field(default=180, ge=1)
    """How long answers are kept, to be shown, rated and asked on."""

    late_post_hours: int = Field(default=48, ge=1, le=7 * 24)
    """How late a weekly question set may come when nothing ran at its time; after that it is skipped, and said so."""

    @property
    def database_path(self) -> Path:
        """Where the truth is kept."""
        return self.data_dir / "seminar.db"

    @property
    def chroma_path(self) -> Path:
        """Where the index is kept; can be deleted and rebuilt."""
        return self.data_dir / "chroma"

    @property
    def papers_path(self) -> Path:
        """Where fetched PDFs are kept, privately."""
        return self.data_dir / "papers"

    @property
    def uploads_path(self) -> Path:
        """Where documents that people send wait for their add."""
        return self.data_dir / "uploads"


def read_settings(**given: object) -> Settings:
    """Return the settings, with what was given by hand first. Raises Refused that names the wrong setting."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "SEMINAR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Refused(what=f"the setting {name}", reason=first["msg"][0].lower() + first["msg"][1:]) from error
    except UnicodeDecodeError as error:
        raise Refused(what="the file .env", reason="it is not UTF-8 text", advice="Write it anew.") from error
