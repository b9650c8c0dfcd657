"""Follow-ups and new topics that were written before the rules of `rag.questions.following` ran on any of them.

Where they failed at first, the rules were mended for the kind of the failure, and the tables left as they are.
"""

from __future__ import annotations

TOLLS = "What did harbour master Brandt say about the tolls?"
TOLLS_SAID = (
    'Harbour master Odile Brandt said: "I would rather have had nine, but seven is a wall and zero is a flood."',
)
WYLE = "Why did Casper Wyle resign?"
WYLE_SAID = (
    "Casper Wyle resigned as chief executive of Northquay Mutual on Monday after auditors put the pension fund's gap "
    "at 130 million crowns.",
)
DAM = "Who found the cracks in the Garrow Dam?"
DAM_SAID = (
    "Tova Lindqvist-Amsel, of the Hallowick engineering office Amsel & Rook, found the cracks on Tuesday 11 February.",
)
FEVER = "How many people died of marsh fever in May 2025?"
FEVER_SAID = ("Four people have died.",)
TRAM = "What did Sunniva Park promise about the tram to Eastmoor?"
TRAM_SAID = (
    "The Civic Union's candidate for mayor of Aldermere, Sunniva Park, has promised to build a tram line to the "
    "eastern suburb of Eastmoor.",
)
QUAY = "Why did the fishermen block the quay?"
QUAY_SAID = ('"We\'ll be back every Saturday until Brandt blinks," roared fleet boss Mercy Okafor-Lind, 52.',)
FERRY = "Did a barge hit the Saint Orla?"
FERRY_SAID = ("The ferry Saint Orla, with 318 passengers on board, was struck on the port side at 07:52.",)
ATLAS = "Where had the thieves hidden the old atlas?"
ATLAS_SAID = ("Police found it on Wednesday evening in the case of an accordion, wrapped in a beach towel.",)
STRIKE = "According to Radio Velmora, what did Janne Torvik say about a strike in March 2025?"
STRIKE_SAID = ('He added that a strike was "not on the table this month".',)

Turns = tuple[tuple[str, tuple[str, ...]], ...]

FOLLOW_UPS: list[tuple[Turns, str, tuple[str, ...], tuple[str, ...]]] = [
    # earlier turns, the question, what must be in it made whole, and what must not
    (((TOLLS, TOLLS_SAID),), "Only in April", ("Brandt", "tolls", "April"), ("Only",)),
    (((TOLLS, TOLLS_SAID),), "and since May 2025?", ("Brandt", "tolls", "since May 2025"), ("and since",)),
    (((TOLLS, TOLLS_SAID),), "according to Radio Velmora?", ("Brandt", "tolls", "ccording to Radio Velmora"), ()),
    (
        ((TOLLS, TOLLS_SAID),),
        "What about The Daily Whistle?",
        ("Brandt", "tolls", "The Daily Whistle"),
        ("What about",),
    ),
    (((TOLLS, TOLLS_SAID),), "in French?", ("Brandt", "tolls", "in French"), ()),
    (((TOLLS, TOLLS_SAID),), "And Okafor-Lind?", ("What did", "Okafor-Lind say about the tolls"), ("Brandt", "And")),
    (((TOLLS, TOLLS_SAID),), "And what did the transport minister say?", ("transport minister", "tolls"), ("Brandt",)),
    (((TOLLS, TOLLS_SAID),), "why?", ("Brandt", "tolls", "hy"), ()),
    (((TOLLS, TOLLS_SAID),), "When will she retire?", ("When will", "Brandt", "retire"), (" she ", "tolls")),
    (((TOLLS, TOLLS_SAID),), "What did she say about the sea wall?", ("Brandt", "sea wall"), (" she ", "tolls")),
    (((TOLLS, TOLLS_SAID),), "and about the sea wall?", ("Brandt say", "about the sea wall"), ("tolls",)),
    (((WYLE, WYLE_SAID),), "When?", ("When did Casper Wyle resign",), ("Why",)),
    (((WYLE, WYLE_SAID),), "How old is he?", ("How old is Casper Wyle",), (" he?",)),
    (((WYLE, WYLE_SAID),), "What happened to his yacht?", ("Wyle's yacht",), (" his ",)),
    (((WYLE, WYLE_SAID),), "And Rurik Salde?", ("Why did Rurik Salde resign",), ("Wyle",)),
    (((WYLE, WYLE_SAID),), "What did the regulator think about it?", ("regulator", "Wyle", "resign"), ()),
    (((DAM, DAM_SAID),), "When?", ("the cracks", "Garrow Dam", "when"), ()),
    (((DAM, DAM_SAID),), "What did she tell the Gazette?", ("Tova Lindqvist-Amsel", "tell the Gazette"), (" she ",)),
    (((DAM, DAM_SAID),), "how many?", ("cracks", "Garrow Dam", "how many"), ()),
    (((FEVER, FEVER_SAID),), "And in June?", ("How many people died of marsh fever", "in June 2025"), ("May",)),
    (((FEVER, FEVER_SAID),), "Where?", ("marsh fever", "May 2025", "where"), ()),
    (((FEVER, FEVER_SAID),), "What about Hallowick?", ("marsh fever", "Hallowick"), ()),
    (((FEVER, FEVER_SAID),), "according to the Gazette?", ("marsh fever", "May 2025", "Gazette"), ()),
    (((TRAM, TRAM_SAID),), "What does Blume think about it?", ("Blume think", "tram"), ("Park", " it?")),
    (((TRAM, TRAM_SAID),), "And what did Castellane say?", ("Castellane say", "tram to Eastmoor"), ("Park",)),
    (((TRAM, TRAM_SAID),), "How much would it cost?", ("cost", "tram"), ()),
    (((TRAM, TRAM_SAID),), "How about Teodor Blume?", ("Teodor Blume promise", "tram"), ("Park",)),
    (((TRAM, TRAM_SAID),), "how many people live there?", ("people live", "Eastmoor"), ("there",)),
    (((QUAY, QUAY_SAID),), "How many boats?", ("fishermen", "quay", "how many boats"), ()),
    (((QUAY, QUAY_SAID),), "When did this happen?", ("When", "fishermen block the quay"), ()),
    (((QUAY, QUAY_SAID),), "What do they want?", ("What do the fishermen want",), ("they",)),
    (((QUAY, QUAY_SAID),), "And what did Brandt say?", ("Brandt say", "quay"), ("And",)),
    (((FERRY, FERRY_SAID),), "When?", ("When did a barge hit the Saint Orla",), ()),
    (((FERRY, FERRY_SAID),), "how many were injured?", ("Saint Orla", "how many were injured"), ()),
    (((FERRY, FERRY_SAID),), "Who said that?", ("Saint Orla", "who said that"), ()),
    (((ATLAS, ATLAS_SAID),), "Who found it?", ("Who found", "atlas"), ()),
    (((ATLAS, ATLAS_SAID),), "Why there?", ("atlas", "hy"), ()),
    (((STRIKE, STRIKE_SAID),), "And in May?", ("Radio Velmora", "Janne Torvik", "strike", "May 2025"), ("March",)),
    (((STRIKE, STRIKE_SAID),), "what about Ledger & Quay?", ("Ledger & Quay", "Torvik", "March 2025"), ("Radio",)),
    (
        ((STRIKE, STRIKE_SAID),),
        "and what did Odile Brandt say?",
        ("Odile Brandt say", "strike", "March 2025"),
        ("Torvik",),
    ),
    (((TOLLS, TOLLS_SAID), (QUAY, QUAY_SAID)), "And the dockers?", ("Why did the dockers block the quay",), ("toll",)),
]

STANDING_ALONE: list[tuple[Turns, str]] = [
    (((TOLLS, TOLLS_SAID),), "Who won the Thessen League?"),
    (((TOLLS, TOLLS_SAID),), "What is the cheapest bed on the night train to Tarn Head?"),
    (((TOLLS, TOLLS_SAID),), "How many people marched against Northquay?"),
    (((TOLLS, TOLLS_SAID),), "According to Radio Velmora, how much of the Northquay pensions will be guaranteed?"),
    (((TOLLS, TOLLS_SAID),), "What happened in the port on 5 May 2025?"),
    (((TOLLS, TOLLS_SAID),), "Did Lumenpost say how much it lost?"),
    (((TOLLS, TOLLS_SAID),), "Why did the baker say he would not attend the party?"),
    (((TOLLS, TOLLS_SAID),), "Did Amara Feld change her mind about an inquiry?"),
    (((TOLLS, TOLLS_SAID),), "Is it true that the rooster must stay in a coop?"),
    (((TOLLS, TOLLS_SAID),), "How long does it take to cross the new bridge?"),
    (((TOLLS, TOLLS_SAID),), "Were there any deaths on the Saint Orla?"),
    (((TOLLS, TOLLS_SAID),), "Did the court say that Wyle must hand in his passport?"),
    (((TOLLS, TOLLS_SAID),), 'Which minister said "it is late and it is dear"?'),
    (((TOLLS, TOLLS_SAID),), "What did Wenda Moss say about the vaccination?"),
    (((TOLLS, TOLLS_SAID),), "harbour strike deal"),
    (((TOLLS, TOLLS_SAID),), "Tell me about the orchestra's new hall."),
    (((TOLLS, TOLLS_SAID),), "What are the articles in French about?"),
    (((TOLLS, TOLLS_SAID),), "How old is the mayor of Brenmoor?"),
    (((TOLLS, TOLLS_SAID),), "What was reported last week?"),
    (((WYLE, WYLE_SAID),), "Why did the dam leak?"),
    (((WYLE, WYLE_SAID),), "When will the people of Aldermere vote on the tram?"),
    (((WYLE, WYLE_SAID),), "Who is Odile Brandt?"),
    (((WYLE, WYLE_SAID),), "How many members does the beekeepers' association have, and when did they meet?"),
    (((WYLE, WYLE_SAID),), "What is the boat that left without its cargo called?"),
    (((WYLE, WYLE_SAID),), "Which club brought in a rower although its coach was against it?"),
    (((WYLE, WYLE_SAID),), "What do farmers think of the flood fund and those who run it?"),
    (((WYLE, WYLE_SAID),), "Did Ragna Dufresne say whether she would carry on?"),
    (((DAM, DAM_SAID),), "What colour is the comet and why?"),
    (((DAM, DAM_SAID),), "Was the atlas damaged when they found it in the accordion case?"),
    (((DAM, DAM_SAID),), "Where do the herring buns come from?"),
    (((DAM, DAM_SAID),), "Do the sources agree on how many residents had to leave?"),
    (((FEVER, FEVER_SAID),), "Who came third in the mayoral election in May?"),
    (((FEVER, FEVER_SAID),), "What did The Daily Whistle write about the baker?"),
    (((FEVER, FEVER_SAID),), "How much do the free school lunches cost?"),
    (((FEVER, FEVER_SAID),), "Und was sagte der Hafenmeister?"),
    (((FEVER, FEVER_SAID),), "Quelle est la hauteur du barrage ?"),
    (((TRAM, TRAM_SAID),), "Which company has its office in Hallowick?"),
    (((TRAM, TRAM_SAID),), "Has anybody been charged over the late report of the cracks?"),
    (((TRAM, TRAM_SAID),), "What did Blume say after he had won the run-off?"),
    (((QUAY, QUAY_SAID),), "Who leads the IT department of Pillbox?"),
    (((QUAY, QUAY_SAID),), "In which town was the school lunch given to 212 children?"),
    (((QUAY, QUAY_SAID),), "Does the new bridge have a toll?"),
    (((FERRY, FERRY_SAID),), "What made the residents of Wharf Lane go to court?"),
    (((FERRY, FERRY_SAID),), "How did Storm Ida damage the grain shed in June?"),
    (((ATLAS, ATLAS_SAID),), "What should I know about marsh fever?"),
    (((ATLAS, ATLAS_SAID),), "Before the strike, what did Torvik tell Radio Velmora?"),
    (((STRIKE, STRIKE_SAID),), "What else opened in Stony Ferry besides the bridge?"),
    (((STRIKE, STRIKE_SAID),), "Who paid for that orchestra's new hall on Tar Lane?"),
]
# Who is meant cannot be told: two persons were spoken of.
UNCLEAR: list[tuple[Turns, str]] = [
    ((("What did Sunniva Park say about Teodor Blume?", ()),), "What did he say?"),
    ((("Who won the debate, Park or Blume?", ()),), "When was she born?"),
    ((("How high is the Garrow Dam?", ("The Garrow Dam is 71 metres high.",)),), "What did she say about the cracks?"),
    ((("How many pensioners marched in May?", ("Some 4,000 pensioners banged pots.",)),), "Who is his lawyer?"),
]
