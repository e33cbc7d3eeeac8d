"""The topics of one station (the tree stands in ``docs/explanation/architecture.md``)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topics:
    """The topics under ``station/{station}``. Ids are ASCII without spaces, dots or slashes."""

    station: str

    @property
    def root(self) -> str:
        """Return the prefix of every topic."""
        return f"station/{self.station}"

    @property
    def state(self) -> str:
        """Return the retained state of the station."""
        return f"{self.root}/state"

    @property
    def event(self) -> str:
        """Return the topic of the ledger, seq by seq."""
        return f"{self.root}/event"

    @property
    def catalogue(self) -> str:
        """Return the retained catalogue of check-list points."""
        return f"{self.root}/catalogue"

    @property
    def printer(self) -> str:
        """Return the retained state of the printer, which the office says."""
        return f"{self.root}/printer"

    def inspection(self, serial: str = "+") -> str:
        """Return the retained snapshot of one inspection, or the filter for all."""
        return f"{self.root}/inspection/{serial}"

    def live(self, lane: str = "+", rig: str = "+") -> str:
        """Return the live readings of a rig (QoS 0), or a filter."""
        return f"{self.root}/lane/{lane}/rig/{rig}/live"

    def prompt(self, lane: str = "+") -> str:
        """Return the retained prompt of a lane, or the filter for all."""
        return f"{self.root}/lane/{lane}/prompt"

    def command(self, client: str = "+") -> str:
        """Return the topic on which a client sends commands, or the filter for all."""
        return f"{self.root}/client/{client}/command"

    def reply(self, client: str) -> str:
        """Return the topic on which the line answers a client."""
        return f"{self.root}/client/{client}/reply"

    def presence(self, client: str = "+") -> str:
        """Return the retained presence of a client (its last will says offline)."""
        return f"{self.root}/client/{client}/presence"

    @staticmethod
    def client_of(topic: str) -> str:
        """Return the client of a command, reply or presence topic."""
        return topic.split("/")[3]

    @staticmethod
    def leaf(topic: str, level: int) -> str:
        """Return one level of a topic, counted from 0."""
        return topic.split("/")[level]
