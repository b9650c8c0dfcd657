"""From hits to an answer in which every sentence cites a paragraph, or to a refusal.

A question comes in; an ``Answer`` goes out, growing sentence by sentence. Imports ``search``, ``check``, ``query``,
``store``, ``models`` and ``text``; whatever keeps or shows an answer imports this room, never the other way round.
"""
