"""The language model that the settings name, ready to be asked, guild by guild."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from rag.language.access import GuildModels
from rag.language.choose import chosen_model
from rag.language.clients import Limits
from rag.language.langchain import LangChainModel
from rag.language.resting import Rested
from rag.settings import Settings
from rag.store.library import Library


def models_from(settings: Settings, library: Library, clock: Callable[[], datetime]) -> GuildModels:
    """Return what is set up. Nothing is loaded and nobody is asked. Raises Refused for a setting that cannot be."""
    model, most = model_from(settings), settings.llm_monthly_tokens
    if model is None:
        return GuildModels(model=None, library=library, clock=clock, monthly_tokens=most)
    return GuildModels(model=Rested(model), library=library, clock=clock, monthly_tokens=most, warm=model.warm)


def model_from(settings: Settings, *, pause: Callable[[float], None] = time.sleep) -> LangChainModel | None:
    """Return the model, None where none is named. Raises Refused for a setting that cannot be."""
    chosen = chosen_model(settings)
    if chosen is None:
        return None
    limits = Limits(
        timeout_s=settings.llm_timeout_s,
        retries=settings.llm_retries,
        output_tokens=settings.llm_output_tokens,
        context_tokens=settings.llm_context_tokens,
        temperature=settings.llm_temperature,
    )
    return LangChainModel(chosen, limits, output=settings.llm_output, pause=pause)
