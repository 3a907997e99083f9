"""A small LTI 1.3 platform on this machine: keys, signed launches, tokens for its services, and a roster in pages."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt

from tests.signing_keys import rsa_key

CLIENT_ID, DEPLOYMENT_ID, CONTEXT_ID = "attune-client", "deployment-1", "context-1"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINK = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
TEACHER, STUDENT = [f"{MEMBERSHIP}#Instructor"], [f"{MEMBERSHIP}#Learner"]
ASSISTANT = [f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}/Instructor#TeachingAssistant"]


def person(subject: str, name: str, roles: list[str], **claims) -> dict:
    return {"sub": subject, "name": name, "email": f"{subject}@school.example", f"{CLAIM}roles": roles, **claims}


class LtiPlatform:
    """Its public attributes let tests make it misbehave."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.key = rsa_key("platform")
        self.begin()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def begin(self) -> None:
        """Behave well, whatever an earlier test has changed."""
        self.signing_key, self.key_id = self.key, "key-1"
        # Replaces claims of the next launches; None leaves one out.
        self.changed_claims: dict = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.members: list[dict] = []
        self.members_a_page = 100
        # The site's public keys, by key id; and what it has asked for.
        self.site_keys: dict = {}
        self.token_requests: list[dict] = []

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def launch_form(self, url: str, claims: dict) -> dict[str, str]:
        """Return the form that the person's browser posts to the site, after the site's redirect to `url`."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert (query["scope"], query["response_type"], query["response_mode"]) == ("openid", "id_token", "form_post")
        assert (query["client_id"], query["prompt"], query["login_hint"]) == (CLIENT_ID, "none", "hint")
        now = int(time.time())
        present = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": DEPLOYMENT_ID,
            f"{CLAIM}target_link_uri": query["redirect_uri"],
            f"{CLAIM}resource_link": {"id": "link-1"},
            f"{CLAIM}context": {"id": CONTEXT_ID, "title": "Biology 7b"},
            MEMBERSHIPS: {"context_memberships_url": f"{self.issuer}/members", "service_versions": ["2.0"]},
            **claims,
            **self.changed_claims,
        }
        signed = {name: value for name, value in present.items() if value is not None}
        token = jwt.encode(signed, self.signing_key, "RS256", {"kid": self.key_id})
        return {"id_token": token, "state": query["state"]}

    def deep_link_claims(self, **settings) -> dict:
        asked = {
            "deep_link_return_url": f"{self.issuer}/deep-link",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["window"],
            **settings,
        }
        return {
            f"{CLAIM}message_type": "LtiDeepLinkingRequest",
            f"{CLAIM}resource_link": None,
            DEEP_LINK: asked,
        }

    def read(self, token: str, audience: str) -> dict:
        """Verify what the site has signed, as the platform does."""
        key = self.site_keys[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, ["RS256"], audience=audience, issuer=CLIENT_ID)

    def _token(self, body: str) -> tuple[int, dict]:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.token_requests.append(form)
        claims = self.read(form["client_assertion"], f"{self.issuer}/token")
        assert (claims["sub"], form["grant_type"]) == (CLIENT_ID, "client_credentials")
        return 200, {"access_token": "roster", "token_type": "Bearer", "expires_in": 3600, "scope": form["scope"]}

    def _document(self, path: str, authorization: str | None) -> tuple[int, dict, dict]:
        address = urlsplit(path)
        if address.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [{**public, "kid": "key-1", "use": "sig", "alg": "RS256"}]}, {}
        if address.path == "/members":
            if authorization != "Bearer roster":
                return 401, {}, {}
            first = int(dict(parse_qsl(address.query)).get("first", 0))
            last = first + self.members_a_page
            is_last = last >= len(self.members)
            link = {} if is_last else {"Link": f'<{self.issuer}/members?first={last}>; rel="next"'}
            return 200, {"id": "members", "context": {"id": CONTEXT_ID}, "members": self.members[first:last]}, link
        return 404, {}, {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*platform._document(self.path, self.headers["Authorization"]))

            def do_POST(self) -> None:
                self._answer(*platform._token(self.rfile.read(int(self.headers["Content-Length"])).decode()))

            def _answer(self, status: int, document: dict, headers: dict | None = None) -> None:
                status, body = platform.answers.get(urlsplit(self.path).path, (status, json.dumps(document).encode()))
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                """Say nothing."""

        return Handler
