"""One file per page: each composes presenters, charts and parts, and holds no text, SQL or statistics of its own."""
