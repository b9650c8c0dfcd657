"""Say of one line whether it is reporting or what a page puts around it: promotion, credits, captions, addresses.

A rule stands here only where no line of reporting looks so; when in doubt a line is kept.
"""

from __future__ import annotations

import re


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# A line of promotion is short; a paragraph that happens to begin like one is not thrown away.
_LONGEST_LEAD = 400
_LONGEST_APPEAL = 900  # with the small print that newsletters must show
_LONGEST_CAPTION = 450

_ONLY_URL = re.compile(r"[\s(\[]*<?(?:https?://|www\.)[^\s<>]+>?[\s)\]]*", re.IGNORECASE)

# Lines that say nothing but "advertisement", "share", "read more".
_END = r"[\s.:>»→…!]*"
_FURNITURE = _any_of(
    rf"(?:ads?|advert|advertise?ment|advertising|(?:sponsored|promoted|paid|partner)(?: content)?(?: by \w+)?){_END}",
    rf"(?:advertise?ment\W+)?(?:article|story) continues (?:below|after)(?: this| the)?(?: ad| advert\w*)?{_END}",
    rf"(?:(?:continue|keep) reading(?: the main story| below)?|(?:see|show|load) more|loading(?: more)?){_END}",
    rf"(?:(?:read|watch|listen|subscribe)(?: more| next| now| live)?|(?:see|also) (?:also|read)|in this article){_END}",
    rf"(?:share(?: this)?(?: article| story)?|print|copy link|save(?: for later)?|(?:leave a |\d+ )?comments?){_END}",
    rf"(?:(?:follow|contact|about) us|click here(?: for more)?|back to top|sign (?:in|up)|log in|register){_END}",
    rf"(?:most (?:read|popular|viewed)|trending(?: now)?|you may also like|editor['’]?s['’]? picks?|tags){_END}",
    rf"(?:related|recommended|more)(?: articles?| stor(?:y|ies)| pages| news| coverage| links| topics)?{_END}",
    rf"(?:cookie (?:policy|settings)|privacy policy|terms of (?:use|service)|all rights reserved){_END}",
    r"the post .{1,300} (?:appeared first|first appeared) on .{1,100}",
    rf"(?:\d{{1,2}} min(?:ute)?s? read|reading time:? \d+ min(?:ute)?s?){_END}",
    rf"(?:(?:hide|show) caption|(?:prev )?(?:next )?(?:image|photo|slide))(?: \d+ (?:of|/) \d+)?(?: photos)?{_END}",
)
_SHARE_WORDS = frozenset(
    "facebook twitter x whatsapp reddit email share linkedin telegram print pinterest messenger copy link tweet"
    " instagram threads bluesky mail save flipboard".split()
)
# Stands behind each caption of a gallery that was saved with its page.
_GALLERY_MARK = re.compile(r" ?Hide Caption \d+ of \d+(?: Photos:?$)?")

# "Read more: …", "MORE:…": lines that lead to another article, by its headline; a long sentence is none.
_LEAD = re.compile(
    r"(?:(?i:related(?: articles?| stor(?:y|ies)| coverage| news| reading| links?| topics?| video)?"
    r"|read (?:more|also|next)|also read|more (?:stories|news|coverage|on this(?: story)?)|more from [^:]{1,60}"
    r"|see also|must read|you may (?:also )?like|in case you missed it|don['’]t miss|further reading|most read)"
    r"\s*[:|>»→—]|(?:MORE|READ|WATCH|WATCH LIVE|LISTEN|RELATED STORY)\s*[:|>]|More:(?=\s?[^\sa-z]))"
    r"\s*(?:.{1,120}|.{1,250}(?<!\.))"
)
_ASKING = r"(?:[^:?]{1,60}[:?]+\s*)?(?:please |you can |want more\S* |enjoying this\S* )?"
_APPEAL = _any_of(
    # An imperative that asks for a reader's address, wherever the newsletter's own name stands. "Get" and "join" begin
    # reporting as well, and need a clearer word.
    rf"{_ASKING}(?:sign[ -]?up|subscribe|click here|tap here|skip past)\b.{{0,350}}"
    r"(?:newsletters?|inbox|mailing list|email alerts?|daily briefing|push notifications|your email)\b.{0,250}",
    rf"{_ASKING}(?:register|get|join|enter|receive|start your day|stay (?:ahead|informed|up to date|in the loop))\b"
    r".{0,350}(?:\b(?:our|your|free|daily|weekly|morning|evening)\b.{0,120}newsletters?|mailing list|email alerts"
    r"|daily briefing|(?:delivered|straight|sent|right|directly|direct) (?:in)?to your (?:e?mail )?inbox)\b.{0,250}",
    r"click here (?:to|for) .{0,150}",
    r"(?:follow (?:us|me|him|her|them|our|(?-i:(?:the )?[A-Z@]))[^.!?,]{0,100}|(?:join|like|find) us) on (?:twitter|x"
    r"|facebook|instagram|youtube|linkedin|tiktok|telegram|threads|whatsapp|mastodon|bluesky|flipboard|google news)\b"
    r".{0,120}",
    r"(?:subscribe (?:to|here|for)|download our [\w ]{0,30}app\b|support (?:our|local|independent) journalism).{0,160}",
    r"skip past newsletter promotion .{0,600}",
    r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}))\W*.{0,250}|.{0,120}\ball rights reserved\b.{0,120}",
    r".{0,200}\{\{ ?[#^/!].{0,800}",  # a template that the page did not fill in
)
_SAID = re.compile(r",[\"”’']? (?:[\w.’'-]+ ){0,4}(?:said|says|urged|told|added|wrote|warned|argued)\b")

# A name as credits write it: words with capitals, and the small words between them. "a passer-by shows" is none.
_NAME_WORD = r"[^\W\d_a-z][^\s()]*"
_NAME = rf"(?-i:(?:the )?{_NAME_WORD}(?:[ ,/|&-]+(?:(?:of|for|and|the|via|by|de|van|von|/|&|\|) )*{_NAME_WORD})*)"
# Who takes or sells pictures. The agencies that write as well prove a picture only with "Photo", a slash or "via".
_PICTURES = (
    r"(?:getty(?: images)?|shutterstock|alamy(?: stock photo)?|istock(?:photo)?|unsplash|epa-efe|zuma(?: press)?"
    r"|(?:ap|file|handout) photo|imago(?: images)?|wire ?image|film ?magic|pixabay|pexels|wikimedia commons|flickr)"
)
_WRITERS_TOO = r"(?:ap|afp|reuters|epa|dpa|tass|xinhua|pa(?: wire| media)?|handout|pool)"
_PHOTO = r"(?:photo(?:graph|graphy)?|image|picture|pic|illustration|file photo|(?:photo|image|video) credit)s?"
_MAKER = (
    rf"(?:{_PICTURES}(?:/[^.!?()]{{1,50}})?|[^.!?()]{{0,60}}(?:/|\bvia ){_PICTURES}"
    rf"|(?:[^.!?()]{{1,50}}(?:/|\bvia ))?{_WRITERS_TOO}(?:/| via )(?!ipsos)[^.!?()]{{1,50}})"
)
_CREDIT = _any_of(
    rf"[(\[]?(?:{_PHOTO}\s*(?:(?::|©)\s*[^.!?]{{2,100}}|(?:\bby|\bcourtesy(?: of)?|\bvia)\s+{_NAME})|{_MAKER}"
    r"|©[^.!?]{2,60})[)\]]?\.?",
    rf"[^.!?]{{3,110}}\((?:{_MAKER}|photo[^()]{{2,60}})\)",
    r".{3,350}\((?:image|photo|picture) credit: [^()]{2,90}\)\.?",
)
# At the end of a caption: "(Photo by Jane Doe)", "… on Monday. Jane Doe / Getty Images", "Photograph: Jane Doe".
_CAPTION = _any_of(
    rf"\((?:{_PHOTO}\b[^()]{{1,100}}|{_MAKER})\)\.?$",
    rf"(?:[.!?”\"]\s+[^.!?()]{{0,60}}?|[/|©]\s*|\bvia\s+){_PICTURES}$",
    rf"\b{_PHOTO}\s*(?:by\b|courtesy\b|:)\s*[^.!?]{{2,80}}$",
)
_EMPHASISED_END = re.compile(r".{1,600}?[.!?\"”)]\s*(\*\*|__|\*|_)(?P<credit>[^*_\n]{2,90})\1")


def is_only_url(line: str) -> bool:
    """Whether the line is a web address and nothing else."""
    return _ONLY_URL.fullmatch(line) is not None


def is_furniture(line: str) -> bool:
    """Whether the line is a part of any page ("Share", "Sign up …"), so that it cannot even be a title."""
    if line.startswith("Photos:") and _GALLERY_MARK.search(line):
        return True
    words = line.casefold().split()
    return len(line) <= _LONGEST_APPEAL and (
        _FURNITURE.fullmatch(line) is not None
        or (len(words) > 1 and all(word.strip(",|·") in _SHARE_WORDS for word in words))
        or (_APPEAL.fullmatch(line) is not None and not _is_said(line))
    )


def without_gallery_marks(line: str) -> str:
    """The line without the button that stands behind a caption ("Hide Caption 37 of 44 Photos")."""
    return _GALLERY_MARK.sub("", line)


def is_promotion(line: str) -> bool:
    """Whether the line advertises, leads elsewhere, or is the furniture of a page; safe for the text of any record."""
    leads = len(line) <= _LONGEST_LEAD and _LEAD.fullmatch(line) is not None
    return is_furniture(line) or (leads and not _is_said(line))


def is_credit(line: str) -> bool:
    """Whether the line names who took a picture, after a few words at most; safe for the text of any record."""
    return len(line) <= _LONGEST_CAPTION and _CREDIT.fullmatch(line) is not None


def is_caption(line: str, raw: str) -> bool:
    """Whether a line of a saved page describes a picture; ``raw`` is the line with its Markdown."""
    if len(line) > _LONGEST_CAPTION:
        return False
    if _CAPTION.search(line):
        return True
    match = _EMPHASISED_END.fullmatch(raw.strip())
    if match is None or match["credit"].strip()[-1:] in '.!?:,;"”':
        return False
    # "… persisted. **Jane Doe / White House**": whoever made it has a name; "*sharks begin circling*" is none.
    words = match["credit"].split()
    return len(words) <= 10 and 2 * sum(word[0].isupper() or not word[0].isalpha() for word in words) > len(words)


def _is_said(line: str) -> bool:
    """Whether somebody says it in the article, as in: "Support local journalism", she urged."""
    return (line[-1:] in "\"”’'" and line[:1] in "\"“‘'") or _SAID.search(line) is not None
