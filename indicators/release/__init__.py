"""What is published: protected results in one file that the dashboard opens."""
