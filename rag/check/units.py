"""The words for numbers, currencies and measures, and for people who are counted."""

from __future__ import annotations

UNITS = dict(
    zip(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split(),
        range(20),
        strict=True,
    )
)
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7}
SCALES |= {"dozen": 12.0}
SCALES |= {word + "s": factor for word, factor in SCALES.items()}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "trn": 1e12}
MARKS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
FRACTIONS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}
FRACTIONS |= {"tenth": 10, "tenths": 10, "sixths": 6, "eighths": 8, "sixth": 6, "eighth": 8}
ORDINALS = dict(
    zip(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split(),
        range(1, 21),
        strict=True,
    )
)
ORDINALS |= {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "hundredth": 100}
# Words that hold a number, enough to support one but not to claim one.
IMPLIED = {"both": 2, "couple": 2, "pair": 2, "twice": 2, "once": 1, "a": 1, "an": 1, "single": 1, "another": 1}
IMPLIED |= {"doubled": 2, "double": 2, "tripled": 3, "triple": 3, "no": 0, "none": 0, "trio": 3, "lone": 1, "sole": 1}

CURRENCIES = {
    "$": "dollar",
    "€": "euro",
    "£": "pound",
    "¥": "yen",
    "₹": "rupee",
    "₽": "ruble",
    "₩": "won",
    "₪": "shekel",
}
CURRENCIES |= {"₺": "lira", "₴": "hryvnia", "usd": "dollar", "eur": "euro", "gbp": "pound", "chf": "franc"}
CURRENCIES |= {"rs": "rupee", "kr": "crown", "cr": "crown", "sek": "crown", "nok": "crown", "dkk": "crown"}
MONEY = {
    form: name
    for name, forms in {
        "dollar": "dollar dollars",
        "euro": "euro euros",
        "pound": "pound pounds sterling",
        "yen": "yen",
        "yuan": "yuan renminbi",
        "rupee": "rupee rupees",
        "ruble": "ruble rubles rouble roubles",
        "crown": "crown crowns krona kronor krone kroner koruna",
        "franc": "franc francs",
        "peso": "peso pesos",
        "rand": "rand",
        "lira": "lira liras",
        "real": "reais",
        "hryvnia": "hryvnia hryvnias",
        "shekel": "shekel shekels",
        "cent": "cent cents",
    }.items()
    for form in forms.split()
}
MEASURES = {
    form: name
    for name, forms in {
        "km": "km kilometre kilometres kilometer kilometers kms",
        "m": "metre metres meter meters",
        "cm": "cm centimetre centimetres centimeter centimeters",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "mile": "mile miles mi",
        "foot": "foot feet ft",
        "inch": "inch inches",
        "yard": "yard yards",
        "kg": "kg kilogram kilograms kilo kilos",
        "gram": "gram grams grammes",
        "tonne": "tonne tonnes ton tons",
        "litre": "litre litres liter liters",
        "hectare": "hectare hectares",
        "acre": "acre acres",
        "second": "seconds",
        "minute": "minute minutes min mins",
        "hour": "hour hours hourly",
        "day": "day days daily",
        "week": "week weeks weekly",
        "month": "month months monthly",
        "year": "year years yearly",
        "decade": "decade decades",
        "century": "century centuries",
        "degree": "degree degrees",
        "megawatt": "mw megawatt megawatts",
    }.items()
    for form in forms.split()
}
# People are counted under many names; any of them may stand for another.
PEOPLE = frozenset(
    """person people man men woman women child children individual individuals citizen citizens resident residents
    victim victims passenger passengers patient patients member members worker workers employee employees survivor
    survivors others dead died killed injured wounded hurt""".split()
)
