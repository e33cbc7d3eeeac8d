"""Who is logged in at this desk."""

from dataclasses import dataclass

from station.bus.messages import Reply


@dataclass(frozen=True)
class Session:
    """A person's session: kept in memory only, the token never leaves but in a report's address."""

    token: str
    staff: str
    name: str
    roles: frozenset[str]

    @classmethod
    def of(cls, reply: Reply) -> "Session":
        """Return the session that an accepted ``session.open`` gave."""
        body = reply.body
        return cls(str(body["token"]), str(body["staff"]), str(body.get("name", "")), frozenset(body.get("roles", ())))
