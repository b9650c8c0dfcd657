"""The words by which a question speaks of coverage, and not of what happened; parts of regular expressions."""

COVERAGE_NOUN = (
    r"(?:articles?|reports?|stor(?:y|ies)|coverage|pieces?|editions?|issues?|columns?|editorials?|headlines?|news|"
    r"reporting|interviews?|newsletters?|podcasts?|posts?|accounts?|reviews?|op-eds?)"
)
"""What an outlet publishes."""
PIECE = r"(?:articles?|stor(?:y|ies)|coverage|editorials?|headlines?|news|reporting|columns?|op-eds?|pieces?|editions?)"
"""What only media publish; reports, interviews and reviews are also made by others."""
REPORTED = (
    r"(?:reported|published|printed|posted|wrote|written|covered|described|quoted|cited|revealed|mentioned|noted|aired|"
    r"broadcast|identified|named|discussed|highlighted|profiled|ran|read|print|publish)"
)
"""What an outlet did with what happened: "reported in May", "covered by the Courier", "named in the Courier"."""
SAYS = (
    r"(?:says?|said|tells?|told|(?:report|reveal|mention|highlight|detail|suggest|claim|explain|indicate|discusse?|"
    r"publishe?|print|cover|quote|cite|note|state|argue|describe|portray|criticize|emphasize|attribute|feature)(?:s|d|ed)?|"
    r"wr[io]tes?|written)"
)
"""What an outlet does in an article: "the Courier says"."""
