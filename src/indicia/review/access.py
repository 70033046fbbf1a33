"""Who may read, review and approve: `access.toml` in the home; without it, whoever reaches the app may.

```toml
log_views = true            # write down which pages were opened; exports always are
name = "AB"                 # who sits here, where nobody logs in
claim = "email"             # which claim of a login names the person

[[person]]
name = "AB"                 # initials or role, as the journal writes it
login = "ab@example.org"    # value of the claim
roles = ["read", "review"]
```
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indicia.errors import AccessError, UsageError
from indicia.review.entry import one_of, person

FILE = "access.toml"
ROLES = ("read", "review", "approve")
TOP = {"log_views", "name", "claim", "person"}
OF_PERSON = {"name", "login", "roles"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a part in the review.

    Args:
        name: Initials or role.
        login: What the login says of the person.
        roles: Some of `ROLES`.
    """

    name: str
    login: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one home; nobody named means that everybody may do everything.

    Args:
        people: Who may do what.
        is_logged: Whether opened pages are written down.
        name: Who sits at this machine, where nobody logs in.
        claim: The claim of a login that names the person.
    """

    people: tuple[Person, ...] = ()
    is_logged: bool = False
    name: str = ""
    claim: str = "email"

    @property
    def is_open(self) -> bool:
        """Nobody is named, so whoever reaches the app may do everything."""
        return not self.people

    def roles(self, name: str) -> tuple[str, ...]:
        """What somebody of this name may do."""
        if self.is_open:
            return ROLES
        return next((p.roles for p in self.people if same_person(p.name, name)), ())

    def logged_in(self, claimed: str) -> str:
        """The name of whom a login speaks; empty where nobody of that login is named."""
        wanted = claimed.strip().casefold()
        return next(
            (p.name for p in self.people if wanted and p.login.casefold() == wanted), ""
        )

    def require(self, name: str, role: str) -> None:
        """Refuse what is not this person's part.

        Raises:
            AccessError: The role is another's.
        """
        if role not in self.roles(name):
            raise AccessError(
                f"{name} may not {role} here",
                f"Ask somebody who may, or have the role added to {FILE}",
            )


def same_person(one: str, other: str) -> bool:
    """Whether two names stand for one person: width, case and blanks tell nobody apart."""
    return _key(one) == _key(other)


def rules(home: Path) -> Access:
    """The rules of a home.

    Raises:
        UsageError: The file cannot be read as rules; nobody may then write.
    """
    path = home / FILE
    if not path.exists():
        return Access()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: no readable rules ({error}). Mend the file.") from error
    try:
        return _access(told)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def _access(told: Mapping[str, object]) -> Access:
    _only(told, TOP)
    people = told.get("person", [])
    if not isinstance(people, list):
        raise UsageError("`person` is a list: write [[person]].")
    found = tuple(_person(p) for p in people)
    if len({_key(p.name) for p in found}) < len(found):
        raise UsageError("two persons have one name; four eyes need two names.")
    name, is_logged = str(told.get("name", "")), told.get("log_views", False)
    if not isinstance(is_logged, bool):
        raise UsageError("`log_views` is true or false.")
    return Access(
        found, is_logged, person(name) if name else "", str(told.get("claim", "email"))
    )


def _person(told: object) -> Person:
    if not isinstance(told, dict):
        raise UsageError("`person` is a list of tables: write [[person]].")
    _only(told, OF_PERSON)
    roles = told.get("roles", [])
    if not isinstance(roles, list):
        raise UsageError('`roles` is a list such as ["read", "review"].')
    kept = tuple(one_of("role", str(role), ROLES) for role in roles)
    return Person(person(str(told.get("name", ""))), str(told.get("login", "")), kept)


def _only(told: Mapping[str, object], known: set[str]) -> None:
    if strange := sorted(set(told) - known):
        raise UsageError(
            f"{', '.join(strange)} is not known; expected {', '.join(sorted(known))}."
        )


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
