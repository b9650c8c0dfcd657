"""An answer that outlives its index: saved, kept for the page, checked again, and exported.

An ``Answer`` comes in; JSON records, checked citations and texts for other programs go out. It may import answer,
check, store and text, and answer never imports it.
"""
