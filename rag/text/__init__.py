"""What any text is made of: words, sentences, languages, dates, quantities, names, markers.

Strings come in; values that say what stands where go out. Knows no index and no question; imports no other room.
"""
