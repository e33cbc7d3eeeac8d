"""What a rig needs before a vehicle's run: warm, and checked as its dates demand."""

PREPARING = {
    "leak_test": "analyser_leak_test",
    "purge": "analyser_purge",
    "zero": "analyser_zero",
}
"""What the driver reads while a rig checks itself, by check."""
