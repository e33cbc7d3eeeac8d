"""The figures of a day, worked out with pencil and paper from the raw events: no fold, no model, no code of the report.

Reads the export of the ledger (one line of JSON an event). Deliberately plain.
"""

import json
from collections import defaultdict
from datetime import datetime


def lines(export):
    for line in export.splitlines():
        event = json.loads(line)
        if "kind" in event:
            yield event["kind"], event["subject"], datetime.fromisoformat(event["at"]), json.loads(event["body"])


def middle(values):
    """The value of rank ceil(n / 2)."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) // 2) - 1]


def figures(export):
    came, left, signed, returned = {}, {}, defaultdict(list), set()
    began, work, inside = {}, defaultdict(list), defaultdict(set)
    prints, issued = defaultdict(list), []
    for kind, serial, at, body in lines(export):
        if kind == "keys.taken":
            came[serial], began[serial, "desk"] = at, at
        elif kind == "keys.returned":
            left[serial] = at
        elif kind == "inspection.returned":
            returned.add(serial)
        elif kind == "inspection.signed":
            signed[serial].append(body["conclusion"])
        elif kind == "report.issued":
            issued.append((body["report_no"], body["sha256"]))
        elif kind == "report.printed":
            prints[body["report_no"]].append((body["copy_no"], body["state"]))
        elif kind == "stage.started":
            began[serial, body["stage"]] = at
        elif kind == "stage.released":
            began.pop((serial, body["stage"]))
        elif kind == "stage.finished" and (serial, body["stage"]) in began:
            work[body["stage"]].append((at - began.pop((serial, body["stage"]))).total_seconds())
            inside[body["stage"]].add(serial)
    stays = {serial: (left[serial] - came[serial]).total_seconds() for serial in left}
    return {
        "arrived": len(came),
        "left": len(left),
        "first_passed": sum(1 for all_ in signed.values() if all_[0] == "pass"),
        "first_failed": sum(1 for all_ in signed.values() if all_[0] == "fail"),
        "first_signed": len(signed),
        "returned": len(returned),
        "ended_failed": sum(1 for all_ in signed.values() if all_[-1] == "fail"),
        "signatures": sum(len(all_) for all_ in signed.values()),
        "stay_p50_s": middle(stays.values()),
        "stage_work_s": {stage: sorted(times) for stage, times in work.items()},
        "prints": dict(prints),
        "issued": issued,
    }
