"""The dashboard: pages, their JSON, and their changes as they happen. It only reads the database."""
