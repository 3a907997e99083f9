"""A program that uses the REST API with a token."""

from typing import Any

from django.test import Client

from accounts.models import Scope, User
from tests import factories

ROOT = "/api/v1/"


class Program(Client):
    def __init__(self, user: User, *scopes: Scope) -> None:
        super().__init__(headers={"Authorization": f"Bearer {factories.api_token(user, *scopes)}"})

    def json(self, path: str, **query: Any) -> Any:
        """The JSON that a GET gives, which must succeed."""
        response = self.get(path if path.startswith("http") else ROOT + path, query)
        assert response.status_code == 200, response.content
        return response.json()

    def ids(self, path: str, **query: Any) -> list[int]:
        return [row["id"] for row in self.json(path, **query)["results"]]

    def send(self, path: str, **body: Any) -> Any:
        return self.post(ROOT + path, body, content_type="application/json")
