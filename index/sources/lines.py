"""Say of one line whether it is reporting or what a page puts around it: promotion, credits, captions, addresses."""

from __future__ import annotations

import re

from index.sources.authors import agency_named

# A line of promotion is short; a paragraph that happens to begin like one is not thrown away.
_LONGEST_LINE = 400
_LONGEST_APPEAL = 900  # with the small print that newsletters must show
_URL = r"<?(?:https?://|www\.)[^\s<>]+>?"

_ONLY_URL = re.compile(rf"[\s(\[]*{_URL}[\s)\]]*", re.IGNORECASE)
_URL_LABEL = re.compile(
    "(?:"
    + "|".join(
        (
            r"original(?: article)?(?: url| link| source)?",
            r"(?:article |source |page |canonical |short |perma)?(?:url|link)",
            r"source|permalink|via|from|web(?: ?site)?",
            r"(?:originally )?published (?:at|on)|first appeared (?:at|on)",
            r"retrieved from|available at|archived(?: at| from)?",
            r"read the (?:original|full) (?:article|story)(?: at| here)?",
        )
    )
    + r")\s*:\s*",
    re.IGNORECASE,
)

# Lines that say nothing but "advertisement", "share", "read more": the furniture of a page.
_FURNITURE = re.compile(
    "(?:"
    + "|".join(
        (
            r"ads?|advert|advertise?ment|advertising|sponsored(?: content| by \w+)?",
            r"promoted(?: content)?|paid content|partner content",
            r"(?:advertise?ment\W+)?(?:article|story) continues (?:below|after)"
            r"(?: this| the)?(?: ad| advert| advertise?ment)?",
            r"(?:continue|keep) reading(?: the main story| below)?",
            r"read (?:more|next|the full (?:article|story))(?: here)?",
            r"(?:see|show|load) more|loading(?: more)?",
            r"share(?: this)?(?: article| story| on \w+)?|print(?: this)?(?: article| page)?",
            r"(?:leave a |view |\d+ )?comments?|follow us|contact us|about us|copy link|save(?: for later)?",
            r"subscribe(?: now| today)?|sign (?:in|up)|log in|register",
            r"watch (?:now|live)|listen(?: now)?|play video|view gallery",
            r"skip (?:past newsletter promotion|to (?:main )?content|advert(?:isement)?)|after newsletter promotion",
            r"most (?:read|popular|viewed)|trending(?: now)?|you may also like|editor['’]?s['’]? picks?|back to top",
            r"(?:related|recommended|more)"
            r"(?: articles?| stor(?:y|ies)| pages| news| coverage| links| topics| content)?:?",
            r"see also:?|also read:?|in this article:?|tags:?|click here(?: for more)?",
            r"cookie (?:policy|settings)|privacy policy|terms of (?:use|service)|all rights reserved",
            r"\d{1,2} min(?:ute)?s? read|reading time:? \d+ min(?:ute)?s?",
        )
    )
    + r")[\s.:>»→…!]*",
    re.IGNORECASE,
)
_SHARE_WORDS = frozenset(
    "facebook twitter x whatsapp reddit email e-mail share linkedin telegram print pinterest messenger copy"
    " link tweet instagram"
    " threads bluesky mail save flipboard pocket".split()
)
# "Read more: …", "MORE: …": lines that lead to another article.
_LEADS = (
    re.compile(
        r"(?:related(?: articles?| stor(?:y|ies)| coverage| news| reading| content| links?| topics?| video)?"
        r"|read (?:more|also|next)|also read|more (?:stories|news|coverage|on this(?: story)?)|see also"
        r"|more from [^:]{1,60}"
        r"|must read|recommended(?: reading)?|you may (?:also )?like|in case you missed it|don['’]t miss"
        r"|further reading"
        r"|more coverage|most read|trending)\s*(?::|\||>|»|→|—)\s*\S.{0,250}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:MORE|READ|WATCH|SEE ALSO|READ MORE|READ ALSO|WATCH LIVE|LISTEN|RELATED STORY)\s*[:|>]\s*\S.{0,250}"
    ),
)
_ASKING = r"(?:[^:?]{1,60}[:?]+\s*)?(?:please |you can |want more\S* |enjoying this\S* )?"
_APPEALS = (
    # An imperative that asks for a reader's address, wherever the newsletter's own name stands. "Get" and
    # "join" begin reporting as well, and need a clearer word.
    re.compile(
        rf"{_ASKING}(?:sign[ -]?up|subscribe|click here|tap here|skip past)\b.{{0,350}}"
        r"(?:newsletters?|inbox|mailing list|email alerts?|daily briefing|push notifications|your email)\b.{0,250}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_ASKING}(?:register|get|join|enter|receive|start your day"
        r"|stay (?:ahead|informed|up to date|in the (?:loop|know)))\b.{0,350}"
        r"(?:\b(?:our|your|free|daily|weekly|morning|evening)\b.{0,120}newsletters?|mailing list|email alerts"
        r"|daily briefing"
        r"|(?:delivered|straight|sent|right|directly|direct) (?:in)?to your (?:e?mail )?inbox)\b.{0,250}",
        re.IGNORECASE,
    ),
    re.compile(r"click here (?:to|for) .{0,150}", re.IGNORECASE),
    re.compile(
        r"(?:follow (?:us|me|him|her|them|our|(?-i:(?:the )?[A-Z@]))[^.!?,]{0,100}|(?:join|like|find) us) on "
        r"(?:twitter|x|facebook|instagram|youtube|linkedin|tiktok|telegram|threads|whatsapp|mastodon|bluesky"
        r"|flipboard|google news)\b.{0,120}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:subscribe (?:to|here|for)|download our [\w ]{0,30}app\b|support"
        r" (?:our|local|independent) journalism).{0,160}",
        re.IGNORECASE,
    ),
    re.compile(r"skip past newsletter promotion .{0,600}", re.IGNORECASE),
    re.compile(
        r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}))\W*.{0,250}|.{0,120}\ball rights reserved\b.{0,120}", re.IGNORECASE
    ),
    re.compile(r".{0,200}\{\{ ?[#^/!].{0,800}"),  # a template that the page did not fill in
)

# A name as credits write it: words with capitals, and the small words between them. "a passer-by shows" is none.
_NAME_WORD = r"[^\W\d_a-z][^\s()]*"
_NAME = rf"(?-i:(?:the )?{_NAME_WORD}(?:[ ,/|&-]+(?:(?:of|for|and|the|via|by|de|van|von|/|&|\|) )*{_NAME_WORD})*)"

# Who takes or sells pictures. The agencies that write as well prove a picture only with "Photo", a slash or "via".
_PICTURES = (
    r"(?:getty(?: images)?|shutterstock|alamy(?: stock photo)?|istock(?:photo)?|unsplash|epa-efe"
    r"|(?:ap|file|handout) photo|zuma(?: press)?|imago(?: images)?|wire ?image|film ?magic"
    r"|usa today sports|pixabay|pexels|wikimedia commons|flickr|shutterstock\.com)"
)
_WRITERS_TOO = r"(?:ap|afp|reuters|epa|dpa|tass|xinhua|ria novosti|pa(?: wire| media)?|handout|pool)"
_PHOTO = (
    r"(?:photo(?:graph|graphy|s)?|image|picture|pic|illustration|file photo"
    r"|(?:photo|image|picture|cover|video) credit)s?"
)
_MAKER = (
    rf"(?:{_PICTURES}|[^.!?()]{{0,60}}(?:/|\bvia ){_PICTURES}"
    rf"|(?:[^.!?()]{{1,50}}(?:/|\bvia ))?{_WRITERS_TOO}(?:/| via )(?!ipsos)[^.!?()]{{1,50}})"
)
_PURE_CREDIT = re.compile(
    rf"[(\[]?(?:{_PHOTO}\s*(?:(?::|©)\s*[^.!?]{{2,100}}|(?:\bby|\bcourtesy(?: of)?|\bvia)\s+{_NAME})|{_MAKER}"
    r"|©[^.!?]{2,60})[)\]]?\.?",
    re.IGNORECASE,
)
_SHORT_CAPTION = re.compile(rf"[^.!?]{{3,110}}\((?:{_MAKER}|photo[^()]{{2,60}})\)", re.IGNORECASE)
_CAPTION_LABEL = re.compile(
    r"(?:photo|image|picture|caption|file photo|photo caption"
    r"|in (?:this|the) (?:photo|picture))\s*:\s*\S",
    re.IGNORECASE,
)
_CAPTION_END = (
    # "(AP Photo/Jane Doe)", "(Photo by Jane Doe/Getty Images)", "(Jane Doe/AFP via Getty Images)"
    re.compile(
        rf"\((?:{_PHOTO}\b[^()]{{1,100}}|(?:ap|afp|reuters) (?:photo|file)[^()]{{0,80}}|{_MAKER})\)\.?$", re.IGNORECASE
    ),
    # "… on Monday. Jane Doe / Getty Images", "… | Getty Images", "… © AFP"
    re.compile(
        rf"(?:[.!?”\"]\s+[^.!?()]{{0,60}}?|[/|©–—-]\s*|\bvia\s+){_PICTURES}(?:/[\w .-]{{1,40}})?$", re.IGNORECASE
    ),
    re.compile(rf"[.!?]\s+(?:©\s*)?(?=[^.!?()/]{{2,50}}/[^.!?()]{{2,40}}$){_NAME}$|©\s*[^.!?()]{{2,60}}$"),
    # "… on Monday. Photograph: Jane Doe"
    re.compile(rf"\b{_PHOTO}\s*(?:by\b|courtesy\b|:)\s*[^.!?]{{2,80}}$", re.IGNORECASE),
)
_EMPHASISED_END = re.compile(r"^(?P<said>.{0,600}?)\s*(?P<mark>\*\*|__|\*|_)(?P<credit>[^*_\n]{2,90})(?P=mark)\s*$")
_PHOTO_WORD = re.compile(r"photo|image|picture|getty|/|©|credit|handout|screenshot|courtesy", re.IGNORECASE)
_LONGEST_CAPTION = 450
_SAID = re.compile(r",[\"”’']? (?:[\w.’'-]+ ){0,4}(?:said|says|urged|told|added|wrote|warned|argued)\b")

_DATELINE = re.compile(
    r"[^\W\d_a-z][^\n()]{1,60}?\s*\((?P<agency>[A-Za-z][A-Za-z -]{1,30})\)\s*[–—-]{1,2}\s"
    r"|[^\W\d_a-z][^\n()]{1,60}?,?\s+\d{0,2}\s?\w{0,10}\.?\s?\((?P<other>[A-Za-z][A-Za-z -]{1,30})\)\s*[–—-]{1,2}\s"
)
_HANGING_DATELINE = re.compile(r"[^\W\d_a-z][^.!?:;\n]{1,60}\s*[–—]")


def is_only_url(line: str) -> bool:
    """Whether the line is a web address and nothing else."""
    return _ONLY_URL.fullmatch(line) is not None


def after_url_label(line: str) -> str | None:
    """What stands behind "Original url:" and the like; empty where the label stands alone, None without one."""
    match = _URL_LABEL.match(line)
    return line[match.end() :].strip() if match and len(line) < 2100 else None


def is_promotion(line: str) -> bool:
    """Whether the line advertises, leads elsewhere, or is the furniture of a page; safe for the text of any record."""
    return is_furniture(line) or (
        len(line) <= _LONGEST_LINE and not _is_said(line) and any(lead.fullmatch(line) for lead in _LEADS)
    )


def is_furniture(line: str) -> bool:
    """Whether the line is a part of any page ("Share", "Sign up …"), so that it cannot even be a title."""
    if len(line) > _LONGEST_APPEAL:
        return False
    if _FURNITURE.fullmatch(line):
        return True
    words = line.casefold().split()
    if len(words) > 1 and all(word.strip(",|·") in _SHARE_WORDS for word in words):
        return True
    return not _is_said(line) and any(appeal.fullmatch(line) for appeal in _APPEALS)


def _is_said(line: str) -> bool:
    """Whether somebody says it in the article, as in: "Support local journalism", she urged."""
    return (line[-1:] in "\"”’'" and line[:1] in "\"“‘'") or _SAID.search(line) is not None


def is_credit(line: str) -> bool:
    """Whether the line names who took a picture, after a few words at most; safe for the text of any record."""
    return len(line) <= 180 and (_PURE_CREDIT.fullmatch(line) or _SHORT_CAPTION.fullmatch(line)) is not None


def is_caption(line: str, raw: str) -> bool:
    """Whether a line of a saved page describes a picture; ``raw`` is the line with its Markdown."""
    if len(line) > _LONGEST_CAPTION:
        return False
    if _CAPTION_LABEL.match(line) or any(end.search(line) for end in _CAPTION_END):
        return True
    match = _EMPHASISED_END.match(raw.strip())
    if match is None or not match["said"].strip():
        return False
    credit, said = match["credit"].strip(), match["said"].rstrip()
    if credit[-1] in '.!?:,;"”' or len(credit.split()) > 10:
        return False
    # Whoever made it has a name, with capitals; "*sharks begin circling*" has none.
    capitals = sum(word[0].isupper() or not word[0].isalpha() for word in credit.split())
    if capitals * 2 <= len(credit.split()):
        return False
    # "… persisted. **David Lienemann / White House**": a sentence ends, and a name that is none follows.
    return said[-1] in '.!?"”)' or _PHOTO_WORD.search(credit) is not None or agency_named(credit) is not None


def dateline_agency(paragraph: str) -> str | None:
    """The agency in a dateline: "AP" for "SANTOS, Brazil (AP) — …"."""
    match = _DATELINE.match(paragraph[:120])
    return agency_named(match["agency"] or match["other"]) if match else None


def is_hanging_dateline(line: str) -> bool:
    """Whether the line is a dateline ("London CNN —") that was torn off the paragraph that follows."""
    return _HANGING_DATELINE.fullmatch(line) is not None and len(line.split()) <= 8
