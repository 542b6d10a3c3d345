"""The dashboard: functions, pages, a real browser."""
