"""A small OpenID Connect provider on this machine: discovery, keys, codes with PKCE, and signed ID tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt

from tests.signing_keys import rsa_key

CLIENT_ID, CLIENT_SECRET = "attune", "a secret that both know"


class OpenIdProvider:
    """Signs everybody in as `claims` says. Its other public attributes let tests make it misbehave."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.key = self.signing_key = rsa_key("provider")
        self.claims = {"sub": "person-1", "email": "zoe@school.example", "email_verified": True, "name": "Zoë"}
        # Replaces claims of the ID token; None leaves one out.
        self.changed_claims: dict = {}
        self.configuration: dict = {}
        self.userinfo: dict = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.silent_paths: set[str] = set()
        self.released = threading.Event()
        self._grants: dict[str, dict] = {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, url: str) -> str:
        """Sign the person in, as their browser would at `url`. Return the URL that they are sent back to."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
        assert query["code_challenge_method"] == "S256"
        assert {"openid", "email", "profile"} == set(query["scope"].split())
        code = secrets.token_urlsafe(8)
        self._grants[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def _token(self, form: dict[str, str]) -> tuple[int, dict]:
        grant = self._grants.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_right = grant is not None and (
            (form["client_id"], form["client_secret"], form["redirect_uri"])
            == (CLIENT_ID, CLIENT_SECRET, grant["redirect_uri"])
            and base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() == grant["code_challenge"]
        )
        if not is_right:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": grant["nonce"]}
        claims = {**claims, **self.claims, **self.changed_claims}
        present = {name: value for name, value in claims.items() if value is not None}
        id_token = jwt.encode(present, self.signing_key, "RS256", {"kid": "key-1"})
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": id_token}

    def _document(self, path: str) -> tuple[int, dict]:
        if path == "/.well-known/openid-configuration":
            endpoints = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
            addresses = {name: f"{self.issuer}/{name}" for name in endpoints}
            methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
            return 200, {"issuer": self.issuer, **addresses, **methods, **self.configuration}
        if path == "/jwks_uri":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [{**public, "kid": "key-1", "use": "sig", "alg": "RS256"}]}
        if path == "/userinfo_endpoint":
            return 200, self.userinfo
        return 404, {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(lambda: provider._document(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._answer(lambda: provider._token(form))

            def _answer(self, answer) -> None:
                if self.path in provider.silent_paths:
                    provider.released.wait()
                    return
                if self.path in provider.answers:
                    status, body = provider.answers[self.path]
                else:
                    status, document = answer()
                    body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                """Say nothing."""

        return Handler
