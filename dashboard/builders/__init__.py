"""One builder a page: the questions it asks the store, and what it keeps to ask less the next time."""
