"""One journal a process: what it states, in bytes that outlive it."""
