"""The promises of compose.yaml, the Dockerfile and deploy/. Docker itself is not needed."""

import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from config.body_limit import FORM_BYTES
from tests.server import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
ONE_OFF = {"release"}
UNITS = sorted(path.name for path in (ROOT / "deploy").glob("*.service"))
EXACT_TAG = re.compile(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_container_has_no_rights_it_does_not_need(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_container_is_bounded_and_leaves_no_core_dump(name):
    service = SERVICES[name]
    assert {"mem_limit", "cpus", "pids_limit"} <= set(service)
    assert service["ulimits"] == {"core": 0}
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_OFF))
def test_container_is_restarted_and_checked(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_only_the_proxy_is_reachable_from_outside():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"caddy"}
    assert SERVICES["caddy"]["environment"]["UPSTREAM"] == "web:8000"


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_stores_are_on_a_network_of_their_own(name):
    assert SERVICES[name]["networks"] == ["data"]
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert {other for other, service in SERVICES.items() if "data" in service["networks"]} == {
        *("web", "worker", "beat", "release", "postgres", "redis")
    }


def test_parts_that_send_mails_and_webhooks_reach_the_internet():
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == {"caddy", "web", "worker"}
    assert COMPOSE["networks"]["outside"] is None


def test_stores_have_passwords():
    environment = SERVICES["web"]["environment"]
    assert ":${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
    assert ":${REDIS_PASSWORD:?" in environment["REDIS_URL"]
    assert '--requirepass "$$REDISCLI_AUTH"' in SERVICES["redis"]["command"][-1]
    assert SERVICES["redis"]["environment"]["REDISCLI_AUTH"].startswith("${REDIS_PASSWORD:?")


def test_redis_writes_nothing_to_a_disk():
    words = shlex.split(SERVICES["redis"]["command"][-1])
    assert words[words.index("--save") + 1] == ""
    assert words[words.index("--appendonly") + 1] == "no"
    assert "volumes" not in SERVICES["redis"]


def test_django_knows_the_proxy_in_front():
    environment = SERVICES["web"]["environment"]
    assert (environment["HTTPS"], environment["TRUSTED_PROXY_COUNT"]) == ("1", "1")


def test_images_have_exact_versions():
    images = [service["image"] for service in SERVICES.values() if service["image"] != "attune"]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 6
    assert all(EXACT_TAG.fullmatch(image) for image in images), images


def test_image_runs_as_an_ordinary_user_without_what_builds_it():
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert "\nUSER 10001\n" in last
    assert not re.search(r"pip install|npm", last)


def test_example_of_settings_has_every_variable_that_compose_needs():
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "compose.yaml").read_text()))
    example = (ROOT / "deploy" / "attune.env.example").read_text()
    assert needed == {"DOMAIN", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert {*needed, "SECRET_KEY"} == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_example_of_settings_can_be_used_as_it_is():
    """Shells, systemd, Compose and `docker run` read it, and only the last keeps quotes."""
    example = (ROOT / "deploy" / "attune.env.example").read_text()
    lines = re.findall(r"^#?([A-Z_]+=.*)$", example, re.MULTILINE)
    assert [line for line in lines if re.search(r"[\s\"']", line)] == []
    env = {**os.environ, **dict(line.split("=", 1) for line in lines), "SECRET_KEY": "x"}
    code = "from django.conf import settings; print(settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "mail.school.example 587 True\n", done.stderr


def test_proxy_has_deadlines_and_a_limit_on_bodies():
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()
    for directive in (
        *("read_header 10s", "read_body 30s", "max_size 256KB", "max_header_size 16KB"),
        "lb_try_duration 5s",
    ):
        assert directive in caddyfile
    allowed = re.search(r"request_body @upload \{\s+max_size (\d+)MB", caddyfile)[1]
    assert int(allowed) * 1_000_000 > settings.IMPORT_MAX_BYTES + FORM_BYTES


def test_log_of_the_proxy_hides_what_the_access_log_hides():
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()
    pattern = re.search(r'request>uri regexp "([^"]+)" "\$1\$2\*\*\*"', caddyfile)[1]
    for address, logged in (
        ("/accounts/password/reset/key/1-SECRET/", "/accounts/password/reset/key/***/"),
        ("/accounts/confirm-email/SECRET/", "/accounts/confirm-email/***/"),
        ("/accounts/email/change/SECRET/", "/accounts/email/change/***/"),
        ("/invitations/SECRET/", "/invitations/***/"),
        ("/courses/join/?code=SECRET&x=1", "/courses/join/?code=***&x=1"),
        ("/accounts/login/?next=/courses/join/%3Fcode%3DSECRET", "/accounts/login/?next=***"),
        ("/courses/7/?page=2", "/courses/7/?page=2"),
    ):
        assert re.sub(pattern, lambda found: f"{found[1] or found[2]}***", address) == logged


@pytest.mark.parametrize("unit", UNITS)
def test_unit_is_restarted_and_hardened(unit):
    lines = (ROOT / "deploy" / unit).read_text().splitlines()
    for wanted in ("User=attune", "Restart=always", "LimitCORE=0", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert wanted in lines


def test_worker_s_processes_finish_their_tasks():
    """By default, systemd would also stop the processes that run them, and Compose wait for ten seconds."""
    unit = (ROOT / "deploy" / "attune-worker.service").read_text().splitlines()
    assert {"KillMode=mixed", "TimeoutStopSec=30"} <= set(unit)
    assert SERVICES["worker"]["stop_grace_period"] == "30s"


def test_units_and_their_target_start_with_the_machine():
    enabled = re.search(r"systemctl enable --now (.*)", (ROOT / "docs" / "operations.md").read_text())[1].split()
    assert enabled[0] == "attune.target"
    for unit in UNITS:
        assert "WantedBy=attune.target" in (ROOT / "deploy" / unit).read_text().splitlines()
    assert "WantedBy=multi-user.target" in (ROOT / "deploy" / "attune.target").read_text().splitlines()


def test_units_start_what_the_parts_are():
    starts = {
        unit: re.search(r"^ExecStart=(.*)$", (ROOT / "deploy" / unit).read_text(), re.MULTILINE)[1] for unit in UNITS
    }
    assert {unit: command.split("/")[-1].split(" --loglevel")[0] for unit, command in starts.items()} == {
        "attune-beat.service": "celery --app=config beat",
        "attune-web@.service": "web",
        "attune-worker.service": "celery --app=config worker --concurrency=${WORKER_PROCESSES} --without-gossip "
        "--without-mingle --without-heartbeat",
    }


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_parts_without_a_pool_ignore_the_pool_of_web_processes(part):
    """systemd prefers the file of settings to Environment=, and Compose prefers `environment`."""
    unit = (ROOT / "deploy" / f"attune-{part}.service").read_text()
    assert "\nExecStart=/usr/bin/env DATABASE_POOL_SIZE=0 /opt/attune/.venv/bin/celery " in unit
    assert SERVICES[part]["environment"]["DATABASE_POOL_SIZE"] == "0"


def test_every_variable_that_a_setting_reads_is_documented():
    code = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    read = set(re.findall(r"""(?:env\.\w+|redis_url)\(\s*["'](\w+)["']""", code))
    documents = "".join((ROOT / "docs" / name).read_text() for name in ("operations.md", "sign-in.md"))
    assert len(read) > 50
    assert read - set(re.findall(r"`([A-Z][A-Z_]+)`", documents)) == set()
