"""The web server and the services of the guide *Let people in*, run and read as they stand there."""

import configparser
import datetime as dt
import http.client
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dashboard.access.login_file import begin
from dashboard.launch import command, environment
from dashboard.wording import wording
from tests.dashboard.browser import DESKTOP, Watched, chromium, free_port, wait_for
from tests.lib.checkout import ROOT
from tests.lib.logins import access_folder, claims, forged_cookie
from tvaers.cli import main

EXAMPLES = ROOT / "docs" / "how-to" / "let_people_in"
AROUND = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/tvaers.conf;
}}
"""


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(tz=dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now)
    signed = made.not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


@pytest.fixture(scope="module")
def site(release_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, str]]:
    """The dashboard behind the example: the encrypted port, the open one, and the secret of its cookies."""
    nginx = shutil.which("nginx")
    assert nginx, "This test runs the web server of the guide; .ci/run installs it, or: apt-get install nginx-light"
    folder = tmp_path_factory.mktemp("site")
    behind, encrypted, plain = free_port(), free_port(), free_port()
    write_certificate(folder)
    told = (EXAMPLES / "nginx.conf").read_text()
    for written, here in {
        "listen 443": f"listen 127.0.0.1:{encrypted}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "server_name tvaers.example.org": "server_name localhost",
        "tvaers.example.org": f"localhost:{encrypted}",
        "/etc/ssl/tvaers": str(folder),
        "127.0.0.1:8501": f"127.0.0.1:{behind}",
    }.items():
        assert written in told, written
        told = told.replace(written, here)
    (folder / "tvaers.conf").write_text(told)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))

    begin(folder / "access")
    access_folder(folder / "access")
    login = folder / "access" / "login.toml"
    login.write_text(login.read_text().replace("tvaers.example.org", f"localhost:{encrypted}"))
    secret = login.read_text().split('cookie_secret = "')[1].split('"')[0]
    log = folder / "dashboard.log"
    started = command(release_path, behind, login.parent)
    with log.open("w") as written_to:
        dashboard = subprocess.Popen(
            started, env=environment(release_path, login.parent), stdout=written_to, stderr=written_to
        )
        server = subprocess.Popen([nginx, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(f"http://127.0.0.1:{behind}/_stcore/health", dashboard, log)
        for _ in range(100):
            assert server.poll() is None, (folder / "error.log").read_text()
            if (folder / "nginx.pid").exists():
                break
            time.sleep(0.1)
        yield encrypted, plain, secret
    finally:
        for process in (server, dashboard):
            process.terminate()
            process.wait(20)


def asked(port: int, path: str, name: str = "localhost") -> http.client.HTTPResponse:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=20)
    connection.sock = trusting.wrap_socket(socket.create_connection(("127.0.0.1", port), 20), server_hostname=name)
    connection.request("GET", path, headers={"Host": name})
    answer = connection.getresponse()
    answer.read()
    return answer


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/practice", "/_stcore/health", "/_stcore/metrics", "/media/none.csv"])
def test_every_answer_carries_the_security_headers(site: tuple[int, int, str], path: str) -> None:
    answer = asked(site[0], path)
    seen = {name.lower(): value for name, value in answer.getheaders()}
    assert int(re.search(r"max-age=(\d+)", seen["strict-transport-security"])[1]) >= 31_536_000
    assert seen["x-content-type-options"] == "nosniff"
    assert seen["x-frame-options"] == "DENY"
    assert seen["referrer-policy"] == "same-origin"
    assert seen["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in seen["permissions-policy"]
    assert seen["cache-control"] == "no-store"
    rules = dict(rule.strip().partition(" ")[::2] for rule in seen["content-security-policy"].split(";"))
    assert (rules["default-src"], rules["object-src"], rules["frame-ancestors"]) == ("'self'", "'none'", "'none'")
    assert not re.search(r"[* ](http:|https:)(\s|$)|\*", seen["content-security-policy"])
    assert not re.search(r"\d", seen.get("server", "")), "the version of the web server is nobody's business"


@pytest.mark.browser
def test_only_what_is_needed_is_open_and_only_under_its_name(site: tuple[int, int, str]) -> None:
    encrypted, plain, _ = site
    closed = ("upload_file/x/y", "metrics", "agent/interact", "agent/mcp", "agent/openapi.json", "script-health-check")
    assert {path: asked(encrypted, f"/_stcore/{path}").status for path in closed} == dict.fromkeys(closed, 404)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        asked(encrypted, "/", name="evil.invalid")
    unencrypted = http.client.HTTPConnection("127.0.0.1", plain, timeout=20)
    unencrypted.request("GET", "/practice?unit=x", headers={"Host": "localhost"})
    answer = unencrypted.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://localhost:{encrypted}/practice?unit=x")


@pytest.mark.browser
def test_a_reader_sees_whole_pages_through_it_and_every_cookie_is_marked(site: tuple[int, int, str]) -> None:
    encrypted, _, secret = site
    address, words = f"https://localhost:{encrypted}", wording("da")
    told = claims("managers") | {"origin": address, "provider": "default"}
    with chromium() as browser:
        watched = Watched(browser, DESKTOP, ignore_https_errors=True)
        watched.page.goto(f"{address}/map?lang=da")
        watched.heading(words("door.log_in.title"))
        cookie = {"name": "_streamlit_user", "value": forged_cookie(told, secret), "url": address, "secure": True}
        watched.page.context.add_cookies([cookie])  # type: ignore[list-item]
        for page in ("map", "indicator", "overview"):
            watched.go(f"{address}/{page}?lang=da")
            assert words("access.log_out") in watched.page.inner_text("body")
        with watched.page.expect_download() as download:
            watched.page.get_by_text(words("download.report.pdf")).click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        assert watched.complain("da") == []
        cookies = {each["name"]: each["secure"] for each in watched.page.context.cookies()}
        assert set(cookies) >= {"_streamlit_user", "_streamlit_xsrf"}
        assert set(cookies.values()) == {True}


def service(name: str) -> dict[str, list[str]]:
    told = configparser.RawConfigParser(strict=False, interpolation=None)
    told.optionxform = str  # type: ignore[assignment,method-assign]
    text = (EXAMPLES / name).read_text()
    told.read_string(text)
    section = text.split("[Service]")[1].split("[Install]")[0]
    return {
        key: [line.partition("=")[2] for line in section.splitlines() if line.startswith(f"{key}=")]
        for key in told["Service"]
    }


def test_the_dashboards_service_is_given_no_key_and_hardly_a_right(capsys: pytest.CaptureFixture[str]) -> None:
    told = service("tvaers-dashboard.service")
    text = "\n".join(f"{key}={value}" for key, values in told.items() for value in values)
    assert "KEY" not in text
    assert told["User"] == ["tvaers-dashboard"]
    assert {"CapabilityBoundingSet": [""], "NoNewPrivileges": ["yes"], "ProtectSystem": ["strict"]}.items() <= {
        key: told[key] for key in ("CapabilityBoundingSet", "NoNewPrivileges", "ProtectSystem")
    }.items()
    assert "ReadWritePaths" not in told
    for hardened in ("ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces", "LockPersonality"):
        assert told[hardened] == ["yes"], hardened
    hidden = told["InaccessiblePaths"][0]
    release = service("tvaers-release.service")
    home, key = (each.partition("=")[2] for each in release["Environment"][0].split())
    assert f"-{home}" in hidden.split()
    assert f"-{Path(key).parent}" in hidden.split()
    assert not any(path.startswith(f"{home}/") for path in shlex.split(told["ExecStart"][0]))
    handed_over = shlex.split(release["ExecStart"][-1])[-1]
    assert handed_over in shlex.split(told["ExecStart"][0])
    assert main(["dashboard", "--help"]) == 0
    offered = capsys.readouterr().out
    assert all(word in offered for word in shlex.split(told["ExecStart"][0]) if word.startswith("--"))


def test_no_secret_of_a_login_lies_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in tracked.splitlines() if Path(name).name in {"secrets.toml", "login.toml"}] == [
        "dashboard/access/starter/login.toml"
    ]
    starter = (ROOT / "dashboard/access/starter/login.toml").read_text()
    assert 'cookie_secret = "{cookie_secret}"' in starter
    assert 'client_secret = "REPLACE-ME"' in starter
