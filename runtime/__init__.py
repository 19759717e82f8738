"""What runs beside and inside the observed program: instrument, journal, collector, store, diagnosis."""
