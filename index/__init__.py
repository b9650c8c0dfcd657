"""The program that builds the index: reads articles, chunks, embeds and publishes them."""
