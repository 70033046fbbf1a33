"""An identity provider on loopback: OpenID Connect as the app's login speaks it, with real signatures."""

import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "indicia", "invented-secret-of-the-client"
RULES = """
log_views = true
[[person]]
name = "AB"
login = "ab@example.org"
roles = ["read", "review"]
[[person]]
name = "CD"
login = "cd@example.org"
roles = ["read", "review", "approve"]
"""


def settings(provider: str, port: int) -> str:
    """What Streamlit needs to know of it."""
    return f"""
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "invented-secret-of-the-cookie-32"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


class Provider:
    """Logs in whoever the page says: a form with one field, then a code, then a signed token."""

    def __init__(self):
        from joserfc import jwk

        self._key = jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self._asked: dict[str, dict[str, str]] = {}

    def __call__(self, asked):
        own = f"http://{asked.headers['Host']}"
        parts = urlsplit(asked.path)
        given = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            return _json(
                {
                    "issuer": own,
                    "authorization_endpoint": f"{own}/authorize",
                    "token_endpoint": f"{own}/token",
                    "jwks_uri": f"{own}/keys",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        if parts.path == "/keys":
            return _json({"keys": [self._key.as_dict(private=False)]})
        if parts.path == "/authorize":
            self._asked[given["state"]] = given
            form = f'<form action="/in"><input type="hidden" name="state" value="{given["state"]}"><label>Who <input name="email"></label><button>Go</button></form>'
            return 200, {"Content-Type": "text/html"}, form.encode()
        if parts.path == "/in":
            wish = self._asked[given["state"]] = self._asked[given["state"]] | given
            back = urlencode({"code": given["state"], "state": given["state"]})
            return 302, {"Location": f"{wish['redirect_uri']}?{back}"}, b""
        if parts.path == "/token":
            code = parse_qs(asked.body.decode())["code"][0]
            return _json(self._token(own, self._asked[code]))
        return 404, {}, b""

    def _token(self, issuer, wish):
        from joserfc import jwt

        now = int(time.time())
        claims = {"iss": issuer, "aud": CLIENT, "sub": wish["email"], "email": wish["email"],
                  "iat": now, "exp": now + 600, "nonce": wish.get("nonce")}  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self._key)
        return {"access_token": "invented", "token_type": "Bearer", "id_token": signed}


def _json(value):
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()
