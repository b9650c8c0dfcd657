"""News from addresses: which may be asked (``addresses``), how (``fetching``), and what is followed (``following``)."""
