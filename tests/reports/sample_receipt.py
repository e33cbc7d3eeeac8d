"""The owner's slip for tests."""

from reports.receipt import ReceiptData
from station.model.text import Text

RECEIPT = ReceiptData(
    station=Text(zh="云检测示范站", en="Cloud Inspection demo station"),
    timezone="Asia/Shanghai",
    serial="demo-20261122-0017",
    plate="苏A12345",
    keys_taken_at="2026-11-22T00:41:07.000000Z",
    category="in_use",
    attempt=1,
    plan=("UC", "F1", "DC", "C1", "B1", "B2", "B0", "BV", "H1", "H4", "PF"),
    qr="demo-20261122-0017",
    simulated=True,
)
