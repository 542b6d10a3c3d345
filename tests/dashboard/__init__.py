"""The dashboard: presenters and charts as functions, every screen in every language, and a real browser."""
