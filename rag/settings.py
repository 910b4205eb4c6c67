"""Every setting of the core: one frozen object, read from the environment (``SEMINAR_*``) and ``.env``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import Refused


class Settings(BaseSettings):
    """What an organiser may set. Units are in the names; base URLs can point at a mirror."""

    model_config = SettingsConfigDict(
        env_prefix="SEMINAR_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("seminar"))
    guild: str | None = None

    embedder: str = "minilm"
    """``minilm`` (int8, in the box), ``minilm-float32`` (not rounded, half as fast), ``none`` (words only) or
    ``sentence-transformers:<model or path>``.
    """
    weights_path: Path | None = None
    reranker: str = "none"
    """``none`` or ``cross-encoder:<model or path>``."""

    exact_search_passages: int = Field(default=100_000, ge=0)
    """How many passages are searched exactly, in memory (0.8 KB each); in a larger library Chroma finds the nearest."""

    llm: str = ""
    """The language model that writes, as ``provider:model``. Empty: none is ever asked."""
    llm_url: str = ""
    """Where it is; empty for the provider's own address (Ollama: this machine)."""
    llm_key: SecretStr = SecretStr("")
    """A secret. Empty: at the provider's own address, its own variable below; elsewhere none."""
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY")
    )
    anthropic_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("anthropic_api_key", "ANTHROPIC_API_KEY")
    )
    llm_timeout_s: float = Field(default=60.0, gt=0, le=600)
    """How long one reply may take as a whole, repetitions included."""
    llm_retries: int = Field(default=2, ge=0, le=5)
    """How often a request is repeated that failed for the time being, before the first word of a reply."""
    llm_monthly_tokens: int = Field(default=2_000_000, ge=0)
    """What one server may use in a calendar month (UTC), read and written; 0 for no limit."""
    llm_output_tokens: int = Field(default=4_096, ge=64, le=32_768)
    """The longest reply; what a model thinks before it writes counts."""
    llm_context_tokens: int = Field(default=12_288, ge=2_048)
    """What one request may hold, reply included; Ollama is told, and cuts what is longer."""
    llm_temperature: float | None = Field(default=None, ge=0, le=2)
    """None: as the provider has it; some models take no other."""
    llm_output: Literal["auto", "structured", "marked"] = "auto"
    """``structured``: hold replies to a JSON schema; ``marked``: ask in words alone; ``auto``: as it understands."""
    llm_drafts: int = Field(default=1, ge=1, le=5)
    """How many answers are written to a question; the one with most verified support is shown."""
    llm_support: str = "words"
    """Who says whether quotes carry a sentence: ``words``, ``model`` (costs a request) or ``cross-encoder:<path>``."""

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
