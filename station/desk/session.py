"""Who is logged in at this desk."""

from dataclasses import dataclass

from station.bus.messages import Reply


@dataclass(frozen=True)
class Session:
    """A person's session: kept in memory only, the token leaves only in commands and in what is asked of the office."""

    token: str
    staff: str
    name: str
    roles: frozenset[str]

    @classmethod
    def of(cls, reply: Reply) -> "Session":
        """Return the session that an accepted ``session.open`` gave."""
        body = reply.body
        return cls(str(body["token"]), str(body["staff"]), str(body.get("name", "")), frozenset(body.get("roles", ())))
