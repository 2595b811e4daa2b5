"""What an operator relies on: health, metrics, alarms, backups."""
