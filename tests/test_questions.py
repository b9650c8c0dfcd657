import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query import Constraint, Names, ParsedQuery, decompose, parse_question
from rag.store.scope import EVERYTHING, Scope

AS_OF = date(2025, 6, 18)  # a Wednesday
NAMES = Names(
    outlets=[
        "The Ellery Courier",
        "Strand Radio",
        "TNC | World Business News Leader",
        "Beacon",
        "The Harbour Street Journal",
        "strandpost.com",
        "Essential",
        "Vale Times - Sport",
        "Dockside (Northport)",
        "The Lantern - Politics",
        "The Lantern - Sport",
    ],
    authors=["Mara Quill", "Jonas O’Dell", "Beacon"],
)


def ask(question: str, as_of: date = AS_OF) -> ParsedQuery:
    return parse_question(question, NAMES, as_of=as_of)


def of_kind(question: str, kind: str) -> list[Constraint]:
    return [constraint for constraint in ask(question).constraints if constraint.kind == kind]


@pytest.mark.parametrize("question", ["What did the mayor tell the Lantern", "an article by the harbour street"])
def test_a_name_at_the_very_end_of_a_question(question: str) -> None:
    names = Names(["The Lantern", "Lantern Street Sport Weekly", "Harbour Street", "Harbour Street Evening News"], [])
    [constraint] = parse_question(question, names, as_of=AS_OF).constraints
    assert constraint.end == len(question)
    assert constraint.outlet in ("The Lantern", "Harbour Street")


# Question, day of asking, expected from and to; None is open.
DATED = [
    ("What happened in Ellery in December 2021?", "2025-06-18", "2021-12-01", "2021-12-31"),
    ("What happened in december 2021", "2025-06-18", "2021-12-01", "2021-12-31"),
    ("What happened in December of 2021?", "2025-06-18", "2021-12-01", "2021-12-31"),
    ("What did the mayor say on 2 December 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on the 2nd of December, 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say December 2, 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on Thursday, Dec. 2, 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on 2021-12-02?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on 2 December?", "2025-06-18", "2024-12-02", "2024-12-04"),
    ("What did the mayor say on June 18?", "2025-06-18", "2025-06-18", "2025-06-18"),
    ("What did the mayor say on 29 February?", "2025-06-18", "2024-02-29", "2024-03-02"),
    ("What was reported on 2 December 2021?", "2025-06-18", "2021-12-02", "2021-12-02"),
    ("What did Strand Radio report on 2 December 2021?", "2025-06-18", "2021-12-02", "2021-12-02"),
    ("What does the article published by Strand Radio on May 3, 2024 say?", "2025-06-18", "2024-05-03", "2024-05-03"),
    ("What does the 3 October 2023 article say?", "2025-06-18", "2023-10-03", "2023-10-03"),
    ("What does the October 3, 2023 Strand Radio article say?", "2025-06-18", "2023-10-03", "2023-10-03"),
    ("Which bridge does the article of 3 March 2025 name?", "2025-06-18", "2025-03-03", "2025-03-03"),
    ("Which bridge does the article dated 2025-03-03 name?", "2025-06-18", "2025-03-03", "2025-03-03"),
    ("Which storms struck between 3 March and 5 April 2025?", "2025-06-18", "2025-03-03", "2025-04-05"),
    ("Which storms struck between March 3 and 9, 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Which storms struck from 3 to 9 March 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Which storms struck on 3–9 March 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Which storms struck from March to May 2024?", "2025-06-18", "2024-03-01", "2024-05-31"),
    ("Which storms struck between November and January 2024?", "2025-06-18", "2023-11-01", "2024-01-31"),
    ("Which storms struck between November and January?", "2025-06-18", "2024-11-01", "2025-01-31"),
    ("Which storms struck between 2021 and 2023?", "2025-06-18", "2021-01-01", "2023-12-31"),
    ("Which storms have struck since June 2023?", "2025-06-18", "2023-06-01", None),
    ("Which storms have struck since 2023?", "2025-06-18", "2023-01-01", None),
    ("Which storms struck before 1 May 2024?", "2025-06-18", None, "2024-04-30"),
    ("Which storms were reported until 1 May 2024?", "2025-06-18", None, "2024-05-01"),
    ("Which storms struck after 1 May 2024?", "2025-06-18", "2024-05-02", None),
    ("Which storms struck after March 2024?", "2025-06-18", "2024-04-01", None),
    ("How many had resigned by the end of 2024?", "2025-06-18", None, "2024-12-31"),
    ("How many had resigned by March 2024?", "2025-06-18", None, "2024-03-31"),
    ("Which storms struck since March 2024 and before June 2024?", "2025-06-18", "2024-03-01", "2024-05-31"),
    ("Who resigned in 2021?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("Which mayor was voted out during 2021, and why?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("What did the strike in 2021 cost?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("What do articles from 2021 say about the ferry?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("Which floods struck in the summer of 2023?", "2025-06-18", "2023-06-01", "2023-08-31"),
    ("Which floods struck in autumn 2023?", "2025-06-18", "2023-09-01", "2023-11-30"),
    ("Which floods struck in the winter of 2023-24?", "2025-06-18", "2023-12-01", "2024-02-29"),
    ("What did the port earn in Q3 2023?", "2025-06-18", "2023-07-01", "2023-09-30"),
    ("What did the port earn in the third quarter of 2023?", "2025-06-18", "2023-07-01", "2023-09-30"),
    ("Who left in the first half of 2024?", "2025-06-18", "2024-01-01", "2024-06-30"),
    ("Who left in early March 2025?", "2025-06-18", "2025-03-01", "2025-03-10"),
    ("Who left in mid-March 2025?", "2025-06-18", "2025-03-11", "2025-03-20"),
    ("Who left in late February 2024?", "2025-06-18", "2024-02-21", "2024-02-29"),
    ("Who left at the end of 2024?", "2025-06-18", "2024-09-01", "2024-12-31"),
    ("Who left in the week of 5 March 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Who left in the last week of March 2025?", "2025-06-18", "2025-03-25", "2025-03-31"),
    ("Who left yesterday?", "2025-06-18", "2025-06-17", "2025-06-18"),
    ("Who left yesterday?", "2024-03-01", "2024-02-29", "2024-03-01"),
    ("What happened today?", "2025-06-18", "2025-06-18", "2025-06-18"),
    ("What are today's headlines?", "2025-06-18", "2025-06-18", "2025-06-18"),
    ("Who left the day before yesterday?", "2025-06-18", "2025-06-16", "2025-06-18"),
    ("What happened two days after 3 March?", "2025-06-18", "2025-03-05", "2025-03-07"),
    ("What did the March 2024 issue say?", "2025-06-18", "2024-03-01", "2024-03-31"),
    ("Was the flood in May 2024 higher than in March 2024?", "2025-06-18", "2024-03-01", "2024-05-31"),
    ("Does the article from 3 March 2024 match the one from 9 May 2024?", "2025-06-18", "2024-03-03", "2024-05-09"),
    ("Who left this week?", "2025-06-18", "2025-06-15", "2025-06-22"),
    ("Who left last week?", "2025-06-18", "2025-06-09", "2025-06-15"),
    ("Who left last week?", "2025-01-01", "2024-12-23", "2024-12-29"),
    ("What is new this month?", "2025-06-18", "2025-06-01", "2025-06-30"),
    ("Who left last month?", "2025-01-31", "2024-12-01", "2024-12-31"),
    ("Who left last year?", "2025-06-18", "2024-01-01", "2024-12-31"),
    ("Who left in the past three days?", "2025-06-18", "2025-06-15", "2025-06-18"),
    ("Who left in the last two weeks?", "2025-06-18", "2025-06-04", "2025-06-18"),
    ("Who left over the last month?", "2025-03-31", "2025-02-28", "2025-03-31"),
    ("Who left in the last 48 hours?", "2025-06-18", "2025-06-16", "2025-06-18"),
    ("Who left last Monday?", "2025-06-18", "2025-06-16", "2025-06-18"),
    ("Who left last Wednesday?", "2025-06-18", "2025-06-11", "2025-06-13"),
    ("Who left on Tuesday?", "2025-06-18", "2025-06-17", "2025-06-18"),
    ("Who left on Friday evening?", "2025-06-18", "2025-06-13", "2025-06-15"),
    ("Who left on Monday of last week?", "2025-06-18", "2025-06-09", "2025-06-11"),
    ("Who left last weekend?", "2025-06-18", "2025-06-14", "2025-06-15"),
    ("Who left last December?", "2025-06-18", "2024-12-01", "2024-12-31"),
    ("Who left two weeks ago?", "2025-06-18", "2025-06-02", "2025-06-08"),
    ("Who left a month ago?", "2025-06-18", "2025-05-01", "2025-05-31"),
    ("Who left three days ago?", "2025-06-18", "2025-06-15", "2025-06-17"),
    ("Who left earlier this year?", "2025-06-18", "2025-01-01", "2025-06-18"),
    ("Who left in March?", "2025-06-18", "2025-03-01", "2025-03-31"),
    ("Who left in March?", "2025-02-01", "2024-03-01", "2024-03-31"),
    ("Who left in May?", "2025-06-18", "2025-05-01", "2025-05-31"),
    ("Who left last summer?", "2025-06-18", "2024-06-01", "2024-08-31"),
    ("Who left last summer?", "2025-10-01", "2025-06-01", "2025-08-31"),
    ("What happened in March 2031?", "2025-06-18", "2031-03-01", "2031-03-31"),
    ("March 2024: floods in Ellery", "2025-06-18", "2024-03-01", "2024-03-31"),
    ("In 2024, what did the mayor say on 3 March 2024?", "2025-06-18", "2024-03-03", "2024-03-05"),
    (
        "Does the article published on 3 October 2023 name more ships than the article published on 5 November 2023?",
        "2025-06-18",
        "2023-10-03",
        "2023-11-05",
    ),
]

DATELESS = [
    "What followed the 2014 annexation?",
    "Who won the 2024 election?",
    "Who hosted the World Cup 2022?",
    "What did a 2019 study find about eels?",
    "Where is the class of 2008 now?",
    "May the council close the bridge?",
    "Why did Theresa May resign?",
    "What did people say before May resigned?",
    "Who led the march on Rome?",
    "When did they march in silence?",
    "Who came second in the race?",
    "Why does the sun rise late over Ellery?",
    "Where does the August family live?",
    "How many seats has a Boeing 747?",
    "What changed after 9/11?",
    "Where does Route 66 end?",
    "Who flew on Apollo 11?",
    "Why did 1,200 people leave?",
    "What was music like in the 1990s?",
    "What came of the fall of the wall?",
    "Who was born in 2004 in Ellery?",
    "Which company, founded in 2012, builds the ferry?",
    "Where was the actor born on 3 March 1980?",
    "Which state plans to be carbon neutral by 2050?",
    "What will the ferry cost in 2030?",
    "Which states will vote on 4 November 2025?",
    "What is the population of the city that flooded in 2021?",
    "Where is the bridge that fell in 2021?",
    "How is the old dam used today?",
    "What did USA Today quote?",
    "What did the mayor say since the Geneva summit?",
    "Who said the ferry sank on 31 February 2024?",
    "Who spoke in the last week of the strike?",
    "Who scored in the second half of the match?",
    "Who scored in the first quarter?",
    "Who shopped on Black Friday?",
    "What did the Bloody Sunday inquiry find?",
    "What is new in the Sunday papers?",
    "How much is that in 2021 dollars?",
    "Who was mayor until 2019?",
    "Who was accused after the 6 January 2021 attack?",
    "What did the December 2021 floods destroy?",
    "Who repaired Room 2021?",
    "What is in the budget for 2024?",
    "Who is in The Summer of Love?",
    "Is 24/7 care offered between 10 and 20 places?",
    "What did Jan and Augusta say in Mar del Plata?",
    "When is the next week of fashion?",
    "How many years ago was it?",
    "What happened at 12.30?",
    "",
    "?",
    "the of in on",
]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(("question", "as_of", "first", "last"), DATED)
def test_days_that_are_asked_for(question: str, as_of: str, first: str | None, last: str | None) -> None:
    scope = ask(question, date.fromisoformat(as_of)).scope
    assert (scope.published_from, scope.published_to) == (day(first), day(last))


@pytest.mark.parametrize("question", DATELESS)
def test_no_days_where_none_are_asked_for(question: str) -> None:
    assert of_kind(question, "days") == []


# The tables below are in lines, asked on AS_OF: a question, and behind strokes what is read in it; "-" is nothing.
def table(text: str, columns: str = " | ") -> list[list[str]]:
    return [["" if cell == "-" else cell for cell in line.split(columns)] for line in text.strip().splitlines()]


MORE_DATED = """
What happened on 13/5/2025? | 2025-05-13 | 2025-05-15
What happened on 5/13/2025? | 2025-05-13 | 2025-05-15
What did the paper print on 2025/05/03? | 2025-05-03 | 2025-05-03
Which articles dated 12/30/2024 name the lock keeper? | 2024-12-30 | 2024-12-30
What happened on 3.5.2025? | 2025-05-03 | 2025-05-05
What happened on 5/5/2025 at the weir? | 2025-05-05 | 2025-05-07
Which trams derailed in autumn? | 2024-09-01 | 2024-11-30
Which trams derailed in the spring? | 2025-03-01 | 2025-05-31
Which trams derailed in winter? | 2024-12-01 | 2025-02-28
Which trams derailed during the fall of 2024? | 2024-09-01 | 2024-11-30
Which trams derailed this spring? | 2025-03-01 | 2025-05-31
What did the earthquake of 6 February 2023 destroy? | 2023-02-06 | -
How many died in the fire of March 3, 2025? | 2025-03-03 | -
Who caused the blackout of 12 January? | 2025-01-12 | -
What did the storm of May 2024 destroy? | 2024-05-01 | -
What was decided this morning? | 2025-06-18 | 2025-06-18
Who spoke this afternoon? | 2025-06-18 | 2025-06-18
What burned last night? | 2025-06-17 | 2025-06-18
What burned yesterday evening? | 2025-06-17 | 2025-06-18
Who was arrested over the weekend? | 2025-06-14 | 2025-06-15
Who was arrested at the weekend? | 2025-06-14 | 2025-06-15
Who was fired on Tuesday? | 2025-06-17 | 2025-06-18
Who was fired last Tuesday? | 2025-06-17 | 2025-06-18
What was announced on Monday morning? | 2025-06-16 | 2025-06-18
What has changed since Monday? | 2025-06-16 | -
What has changed since yesterday? | 2025-06-17 | -
What has changed since last week? | 2025-06-09 | -
What has changed since the start of 2025? | 2025-01-01 | -
What has changed since the beginning of March? | 2025-03-01 | -
What has been built so far this year? | 2025-01-01 | 2025-06-18
How many trams derailed in the past three months? | 2025-03-18 | 2025-06-18
How many trams derailed over the past year? | 2024-06-18 | 2025-06-18
How many trams derailed within the last 10 days? | 2025-06-08 | 2025-06-18
How many trams derailed in the past week? | 2025-06-11 | 2025-06-18
What did the tram company earn in Q3 2024? | 2024-07-01 | 2024-09-30
What did the tram company earn in the fourth quarter of 2024? | 2024-10-01 | 2024-12-31
What did the tram company earn last quarter? | 2025-01-01 | 2025-03-31
What was sold in the first half of 2023? | 2023-01-01 | 2023-06-30
What was sold in the second half of 2024? | 2024-07-01 | 2024-12-31
What was sold in H1 2024? | 2024-01-01 | 2024-06-30
Who stepped down in mid-May? | 2025-05-11 | 2025-05-20
Who stepped down in the middle of May? | 2025-05-11 | 2025-05-20
Who stepped down in late 2023? | 2023-09-01 | 2023-12-31
Who stepped down in early March? | 2025-03-01 | 2025-03-10
Who stepped down in mid-2024? | 2024-05-01 | 2024-08-31
Who stepped down at the beginning of April 2025? | 2025-04-01 | 2025-04-10
Who stepped down towards the end of May? | 2025-05-21 | 2025-05-31
Which strikes began between 3 and 9 May? | 2025-05-03 | 2025-05-09
Which strikes began between the 3rd and the 9th of May? | 2025-05-03 | 2025-05-09
Which strikes began between April 28 and May 4, 2024? | 2024-04-28 | 2024-05-04
Which strikes lasted from March to June 2024? | 2024-03-01 | 2024-06-30
Which strikes lasted from December 2023 through February 2024? | 2023-12-01 | 2024-02-29
Which strikes began in May and June 2024? | 2024-05-01 | 2024-06-30
Which strikes began in March or April? | 2025-03-01 | 2025-04-30
Which strikes began in 2022 and 2023? | 2022-01-01 | 2023-12-31
Which stories were published until 3 May 2025? | - | 2025-05-03
Which strikes began before April? | - | 2025-03-31
Which strikes began after 20 May? | 2025-05-21 | -
How high was the debt as of 3 May 2025? | - | 2025-05-03
How many had fled by 3 May 2025? | - | 2025-05-03
Which articles from the 1990s name the weir? | 1990-01-01 | 1999-12-31
What was the mood a year ago? | 2024-01-01 | 2024-12-31
Who fled ten days ago? | 2025-06-08 | 2025-06-10
Who fled two months ago? | 2025-04-01 | 2025-04-30
What happened two weeks before 3 May 2025? | 2025-04-14 | 2025-04-20
What happened three days after 3 May 2025? | 2025-05-06 | 2025-05-08
What happened in the two weeks before 3 May 2025? | 2025-04-19 | 2025-05-02
Which trams derailed in week 12 of 2025? | 2025-03-17 | 2025-03-23
Which trams derailed in 2025-W12? | 2025-03-17 | 2025-03-23
Which trams derailed in 2024-05? | 2024-05-01 | 2024-05-31
What did the minister say on the 12th of Nov. 2024? | 2024-11-12 | 2024-11-14
What did the minister say on Sept. 3, 2024? | 2024-09-03 | 2024-09-05
What does its 3 May 2025 report say about lead? | 2025-05-03 | 2025-05-03
Summarise the news from 12 April 2025. | 2025-04-12 | 2025-04-12
Give me last month's stories about eels | 2025-05-01 | 2025-05-31
tram accidents february 2025 | 2025-02-01 | 2025-02-28
Tram accidents, week of March 10, 2025 | 2025-03-10 | 2025-03-16
Who was sacked in May, and by whom? | 2025-05-01 | 2025-05-31
What was said on Wednesday, 4 June? | 2025-06-04 | 2025-06-06
Which strikes took place in the week ending 9 March 2025? | 2025-03-03 | 2025-03-09
What happened in March, April and May 2024? | 2024-03-01 | 2024-05-31
What happened in March, April, and May? | 2025-03-01 | 2025-05-31
What did the mayor say on the night of 3 May 2025? | 2025-05-03 | 2025-05-05
What happened in the week after 3 May? | 2025-05-04 | 2025-05-10
How did the trams run around 3 May 2025? | 2025-05-03 | 2025-05-05
what happened on may 3? | 2025-05-03 | 2025-05-05
who may march in may? | 2025-05-01 | 2025-05-31
Which bridges closed last winter? | 2024-12-01 | 2025-02-28
"""

MORE_DATELESS = """
What happened on 3/5/2025?
What is 3/4 of the budget?
What score was it, 3/5 or 4/5?
Is version 3.5.20 safe?
What led to the 2014 annexation of the islands?
Who will play at World Cup 2026?
Why was Windows 95 loved?
What became of the class of 2020?
What does Agenda 2030 promise?
Who finished second?
May I park at the weir?
Who may enter in May's absence?
Why did he march on the capital?
What did the May 2024 floods ruin?
Who paid for the March 2025 election campaign?
What did the Spring Statement say?
Who plays for Autumn FC?
Where is Summer Island?
How deep is the water in spring tides?
Why do leaves fall?
Why did the price fall in Ellery?
When did the government fall?
What is Winter's new album called?
Who spoke at the Paris summit?
Which tram line replaced line 2024?
What is in Form 1040?
What does section 2019 of the code say?
How did 2001: A Space Odyssey end?
Who wrote 1984?
Which novel is set in 1984?
Who has 2020 vision?
Is the Model 2025 tram quieter?
Who manages the Q3 project?
What is the 7-day forecast?
How many sun hours has a day?
Why is Monday hated?
Who sang Blue Monday?
Who organised Super Tuesday?
Which shops open on Sundays?
Is there a Friday market?
What do people do on weekends?
What is a week worth?
When is the next election?
What will happen tomorrow?
Which strikes are planned for next month?
Who will leave in 2027?
What will the weir look like by 2040?
How old was she in years?
How did the tram of the 1920s look?
Who is the man born on 4 July 1976?
Who has led the council since the merger?
What was here before the war?
Which came after the strike?
Who paid 2,024 crowns?
Who paid $2025 for a ticket?
How many of the 2023 trams still run?
Where is 221 March Street?
Who lives on May Street?
Did April Oneill resign?
What did June Falk say about the weir?
Why did Jan leave the club?
Who met Augustus at noon?
What did Dec and Ant host?
Who is on Team Sept?
Quand le maire a-t-il vu mars ?
Le maire a mis fin mai au conflit, pourquoi?
Wer hat im Mai das Wehr gesperrt?
Was geschah am 3. Mai in Ellery?
Qué dijo el alcalde sobre la marcha?
Pourquoi le dimanche est-il mort?
Hva skjedde i mars i Ellery?
Wat gebeurde er in mei?
Che cosa ha detto il sindaco in marzo?
Combien de jours reste-t-il avant la fin de la semaine?
Hur var vintern i Ellery?
Wann war der letzte August in Ellery?
¿Quién ganó en 1-2?
Which 100-year flood was worst?
How does the day after look in film?
Who moderated the 10 o'clock news?
What came of the treaty of 3 May 1791?
Why did the deadline of 3 May 2025 slip?
How do people sleep in winter?
Why will trams stop in autumn?
Will trams stop in March?
Who will vote on Friday?
Who walked around May Street?
Who was hurt in the fall?
Visit 10.12.2024.3 for details
Where is 12/12/2024/9 served?
Who led the 2024-05 season?
"""


@pytest.mark.parametrize(("question", "first", "last"), table(MORE_DATED))
def test_more_days_that_are_asked_for(question: str, first: str, last: str) -> None:
    scope = ask(question).scope
    assert (scope.published_from, scope.published_to) == (day(first), day(last))


@pytest.mark.parametrize("question", MORE_DATELESS.strip().splitlines())
def test_no_days_where_the_subject_is_dated(question: str) -> None:
    assert of_kind(question, "days") == []


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(DATED) + len(table(MORE_DATED)) >= 140
    assert len(DATELESS) + len(MORE_DATELESS.strip().splitlines()) >= 120


def test_each_clause_keeps_its_own_days() -> None:
    constraints = of_kind(
        "What differs between the article published on 3 March 2024 and the one of news of May 2024?", "days"
    )
    assert [constraint.words for constraint in constraints] == ["on 3 March 2024", "of May 2024"]


def test_days_that_are_only_compared_with_limit_nothing() -> None:
    (constraint,) = of_kind("Was the flood higher than in March 2024?", "days")
    assert not constraint.limits
    assert ask("Was the flood higher than in March 2024?").scope == EVERYTHING


def test_days_that_exclude_each_other_give_all_between() -> None:
    scope = ask("What happened before 1 March 2024 and after 1 May 2024?").scope
    assert scope == EVERYTHING
    assert ask("Who left on 3 March 2024 and who on 4 March 2024?").scope == Scope(date(2024, 3, 3), date(2024, 3, 6))


LIMITING = [
    ("According to the Ellery Courier, who left?", "The Ellery Courier"),
    ("according to ellery courier, who left?", "The Ellery Courier"),
    ("Who left, as reported by Strand Radio?", "Strand Radio"),
    ("What did Strand Radio report about the toll?", "Strand Radio"),
    ("What does Strand Radio’s long report say?", "Strand Radio"),
    ("What does the STRAND RADIO article say?", "Strand Radio"),
    ("Who is named in the Ellery Courier?", "The Ellery Courier"),
    ("Which stories from the Ellery Courier name the ferry?", "The Ellery Courier"),
    ("Which story by the Ellery Courier names the ferry?", "The Ellery Courier"),
    ("Was the toll story published in the Ellery Courier right?", "The Ellery Courier"),
    ("Which strike was covered by Strand Radio?", "Strand Radio"),
    ("Which mayor told Strand Radio that the toll was wrong?", "Strand Radio"),
    ("Strand Radio's coverage of the strike names whom?", "Strand Radio"),
    ("What did TNC report about the toll?", "TNC | World Business News Leader"),
    ("According to tnc, who left?", "TNC | World Business News Leader"),
    ("According to TNC.com, who left?", "TNC | World Business News Leader"),
    ("What did elleryCourier.com report?", "The Ellery Courier"),
    ("What did strandpost.com report about the toll?", "strandpost.com"),
    ("What did Strandpost report about the toll?", "strandpost.com"),
    ("According to the HSJ, who left?", "The Harbour Street Journal"),
    ("According to Beacon, who left?", "Beacon"),
    ("What does the Beacon article say?", "Beacon"),
    ("Which article in Beacon names the ferry?", "Beacon"),
    ("Beacon's report on the ferry names whom?", "Beacon"),
    ("Beacon reported that the toll rose; who left?", "Beacon"),
    ("What does the Vale Times sports article say?", "Vale Times - Sport"),
    ("According to Dockside, who left?", "Dockside (Northport)"),
]

PREFERRED = [
    "Which outlets, like Strand Radio, reported the toll?",
    "Which outlets such as Strand Radio reported the toll?",
    "Was the report similar to Strand Radio coverage?",
    "Unlike Strand Radio, who reported the toll?",
    "Who bought Strand Radio?",
    "Why was there a strike at Strand Radio?",
    "What came of the lawsuit against Strand Radio?",
    "Who was hired by Strand Radio?",
    "Who holds a stake in Strand Radio?",
    "Who resigned from Strand Radio?",
    "Why was Strand Radio described by the mayor as biased?",
]

UNNAMED = [
    "Who saw the beacon?",
    "Who saw the Beacon?",
    "Who lives in Beacon?",
    "Beacon reports of fire: who lit it?",
    "What is essential, according to the mayor?",
    "Essential reports on water: which are there?",
    "Who bought TNC?",
    "Why was there a strike at TNC?",
    "According to hsj, who left?",
    "Which outlet other than Strand Radio reported the toll?",
    "Apart from Strand Radio, who reported the toll?",
    "According to the Elleryx Courier, who left?",
    "Who heard it, Strand? Radio said so.",
    "According to the Lantern, who left?",  # two outlets' short form
]


@pytest.mark.parametrize(("question", "outlet"), LIMITING)
def test_outlets_that_the_answer_is_tied_to(question: str, outlet: str) -> None:
    assert ask(question).scope.outlets == (outlet,)


@pytest.mark.parametrize("question", PREFERRED)
def test_outlets_that_are_only_named(question: str) -> None:
    parsed = ask(question)
    assert parsed.scope.outlets == ()
    assert parsed.preferred_outlets == ("Strand Radio",)


@pytest.mark.parametrize("question", UNNAMED)
def test_outlets_that_are_not_meant(question: str) -> None:
    assert of_kind(question, "outlet") == []


@pytest.mark.parametrize(
    "question",
    [
        "Who left, as both Strand Radio and the Ellery Courier report?",
        "According to Strand Radio and The Ellery Courier, who left?",
        "What did Strand Radio or the Ellery Courier say about the toll?",
        "How did Strand Radio cover the strike compared to the Ellery Courier?",
        "Did Strand Radio report the toll while the Ellery Courier praised the ferry?",
        "Did the Strand Radio article name the ferry, while the Ellery Courier article did not?",
    ],
)
def test_several_outlets_share_a_cue(question: str) -> None:
    assert set(ask(question).scope.outlets) == {"Strand Radio", "The Ellery Courier"}


def test_a_comma_shares_no_cue() -> None:
    parsed = ask("Unlike Strand Radio, the Ellery Courier reported what?")
    assert parsed.scope.outlets == ("The Ellery Courier",)
    assert parsed.preferred_outlets == ("Strand Radio",)


@pytest.mark.parametrize(
    ("question", "author"),
    [
        ("Which article by Mara Quill names the ferry?", "Mara Quill"),
        ("Which article on the ferry by Mara Quill names the toll?", "Mara Quill"),
        ("What was written by mara quill?", "Mara Quill"),
        ("What does Mara Quill's article say?", "Mara Quill"),
        ("What did reporter Jonas O'Dell find?", "Jonas O’Dell"),
        ("What did Jonas O’Dell write about the ferry?", "Jonas O’Dell"),
        ("Who sued Mara Quill?", None),
        ("Who was killed by Mara Quill?", None),
        ("What did Mara Quill say?", None),
        ("What did Quill write?", None),
    ],
)
def test_authors_need_a_cue(question: str, author: str | None) -> None:
    assert ask(question).scope.authors == ((author,) if author else ())


NAMED = """
The Meridian, a technology site, reported which merger? | The Meridian | -
Quillmoor Gazette, the oldest paper of the valley, wrote what about eels? | Quillmoor Gazette | -
What did Radio Tarn, the public broadcaster, say about eels? | Radio Tarn | -
What did NBN report about eels? | NBN News | -
What did NBN News' investigation find? | NBN News | -
What did the Gazette report about eels? | - | -
According to Quillmoor Gazette's editorial, who lied? | Quillmoor Gazette | -
According to an article in the Daily Ferry, who lied? | The Daily Ferry | -
According to a report by Radio Tarn, who lied? | Radio Tarn | -
According to reports from Radio Tarn and NBN News, who lied? | NBN News; Radio Tarn | -
Per the Tarn Weekly Review, who lied? | Tarn Weekly Review | -
Which eels were described in TWR? | Tarn Weekly Review | -
Citing Radio Tarn, who denied the merger? | Radio Tarn | -
Who denied the merger, Radio Tarn reports? | Radio Tarn | -
Who denied the merger, says The Meridian? | The Meridian | -
Which ships pass the meridian? | - | -
Which current flows past Ellery? | - | -
What does the current report say? | - | -
According to current plans, what is built? | - | -
What does harbourwatch.org say about mud? | harbourwatch.org | -
What does Harbourwatch report about mud? | harbourwatch.org | -
What does the Courrier de Tarn write on eels? | Le Courrier de Tarn | -
What does Le Courrier de Tarn write on eels? | Le Courrier de Tarn | -
According to the NET, who lied? | The New Ellery Times | -
What did the New Ellery Times’ reporter see? | The New Ellery Times | -
What did Bank and Barge report on locks? | Bank & Barge | -
What did Bank & Barge report on locks? | Bank & Barge | -
What did APW report on locks? | A.P.W. | -
Which article by J. K. Rowan names the lock? | - | J. K. Rowan
Which article by JK Rowan names the lock? | - | J. K. Rowan
Which article by J.K. Rowan names the lock? | - | J. K. Rowan
Which article by R. Quill names the lock? | - | R. Quill
Which article by Rosa Quill names the lock? | - | Rosa Quill
What did journalist Ana-Maria Ortiz write about locks? | - | Ana-María Ortiz
What did Tom St Clair write about locks? | - | Tom St. Clair
Which stories by Jean-Luc D'Arcy name the lock? | - | Jean-Luc D’Arcy
What does TS Marl's column say about locks? | - | T. S. Marl
What does the Radio Tarn article by Bo Lind say about locks? | Radio Tarn | Bo Lind
Who works for Radio Tarn? | - | -
Who owns The Meridian? | - | -
"""
SPELT = Names(
    outlets=[
        "The Meridian",
        "Quillmoor Gazette",
        "Radio Tarn",
        "The Daily Ferry",
        "NBN News",
        "Tarn Weekly Review",
        "Current",
        "harbourwatch.org",
        "Le Courrier de Tarn",
        "The New Ellery Times",
        "Bank & Barge",
        "A.P.W.",
    ],
    authors=[
        *("J. K. Rowan", "Rosa Quill", "R. Quill", "Ana-María Ortiz"),
        *("Tom St. Clair", "Jean-Luc D’Arcy", "T. S. Marl", "Bo Lind"),
    ],
)


@pytest.mark.parametrize(("question", "outlets", "authors"), table(NAMED))
def test_names_are_known_by_other_spellings(question: str, outlets: str, authors: str) -> None:
    scope = parse_question(question, SPELT, as_of=AS_OF).scope
    assert sorted(scope.outlets) == [*filter(None, outlets.split("; "))]
    assert scope.authors == ((authors,) if authors else ())


@pytest.mark.parametrize(
    "question",
    ["According to NBN, who left?", "According to Monde d'Ellery, who left?", "What did reporter Bo Lind find?"],
)
def test_a_short_form_of_two_names_is_neither(question: str) -> None:
    outlets = ["NBN News", "NBN News (Ellery)", "Le Monde d’Ellery", "El Monde d’Ellery"]
    assert parse_question(question, Names(outlets, ["Bo A. Lind", "Bo B. Lind"]), as_of=AS_OF).scope == EVERYTHING
    one_each = Names([outlets[0], outlets[2]], ["Bo A. Lind"])
    assert parse_question(question, one_each, as_of=AS_OF).scope != EVERYTHING


# Before the colon the outlet of each part, by its initial; "|" where the question is cut, or "^" where only its
# beginning is a part of its own and the rest needs the whole question.
JOINED = """
T M: Which person, reported by Radio Tarn and The Meridian, sold the weir?
T G: Who sold the weir, according to both Radio Tarn and Quillmoor Gazette?
T M: Which company, covered by Radio Tarn for its trams and by The Meridian for its debts, left the valley?
T M: Did Radio Tarn report the strike ^ before The Meridian did?
T M: Did Radio Tarn report the tram strike | before The Meridian reported the bus strike?
T G: Between the Radio Tarn report on tram fares | and the Quillmoor Gazette report on bus fares, did fares rise?
T G: Did the Radio Tarn article call the mayor honest, | but the Quillmoor Gazette article call the mayor a liar?
M T: Does The Meridian article on tram brakes | agree with the Radio Tarn article on tram brakes?
M T G: Who is named in The Meridian, Radio Tarn and Quillmoor Gazette as the buyer of the weir?
T: Did Radio Tarn report on trams and buses and ferries in the valley?
T: What did Radio Tarn say about "bread and butter while supplies last" in the valley?
-: Who wrote "the mayor raised the old tolls; while the council lowered the new fees"?
-: Did the mayor, the council and the harbour board agree on the tolls?
-: Who played in "Pride and Mud", the film about the weir and the tram?
-: Who led the council while the mayor was ill?
-: Why did the mayor close the tram while it was snowing?
-: Which town built more trams than Ellery did last decade?
- -: Did the tram company close its oldest depot in Ellery | before the ferry company closed its pier in Northport?
- -: Did tram fares rise in Ellery | after the council sold the depot to the ferry company?
- -: Is it true that the tram company lost money | whereas the ferry company made a profit?
-: How do tram fares in Ellery compare with ferry fares in Northport?
- -: Why did the mayor of Ellery sell the depot, | and who bought the old tram line from the council?
- -: What did the mayor of Ellery say about trams, | and what did the mayor of Northport say about ferries?
-: Who sold the depot, the tram line, the pier, the lock, the mill and the weir?
-: Who said the mayor lied, but did so kindly?
M T: Unlike The Meridian, what did Radio Tarn report about the weir?
-: Did the mayor say in March 2025 that tolls rise and in May 2025 that tolls fall?
T: What did Radio Tarn report about the mayor who, while abroad, sold the weir?
T: Does Radio Tarn report that the council, compared with last year, spends less?
T G: Did Radio Tarn praise the weir, the tram and the lock, | while Quillmoor Gazette criticised them?
T G: Did Radio Tarn's report on eels match ^ the Quillmoor Gazette's?
T M: Does Radio Tarn say that eels fly or does The Meridian?
T M: Who reported the sale first, Radio Tarn or The Meridian?
-: Was the mayor of Ellery elected before 3 May 2025 in the first round of votes?
-: Was it said that "trams stop before buses run in the old town" by the mayor of Northport?
-: What links Salt and Sand, the bank, and Fish and Chips, the inn of Ellery?
-: Why did the mayor of Ellery sell the depot, and what did he say about it to the press?
- -: Who raised the tolls, | and who announced a protest?
- -: When did the mill close, | and how many workers lost a job?
- -: Who sold the old mill, | and how many workers lost their jobs?
-: Who sold the mill, and how much did it fetch?
-: Who bought the mill, and what happened afterwards?
-: Who won the race, and what was the winning time?
-: Who raised the tolls in March 2025, and who announced a protest?
-: Which minister explained how and why the reactor failed?
-: What did the mayor, who sold the depot and who lost the election, say to reporters?
-: What is a tram, and why?
-: Who knows what the mayor and the council want?
"""


@pytest.mark.parametrize("line", JOINED.strip().splitlines())
def test_every_part_brings_its_own_clause(line: str) -> None:
    outlets = {"M": ("The Meridian",), "G": ("Quillmoor Gazette",), "T": ("Radio Tarn",), "-": ()}
    initials, _, marked = line.partition(": ")
    question = marked.replace(" | ", " ").replace(" ^ ", " ")
    limits = [outlets[initial] for initial in initials.split()]
    texts = [text.strip(" ,;") for text in marked.split(" | ")]
    if " ^ " in marked:
        texts = [marked.split(" ^ ")[0], question]
    if len(texts) == 1:
        texts *= len(limits)
    names = Names([name for one in outlets.values() for name in one], [])
    parts = decompose(parse_question(question, names, as_of=AS_OF))
    assert [(part.text, part.limits.scope.outlets) for part in parts] == list(zip(texts, limits, strict=True))


def test_quoted_phrases_limit_and_titles_do_not() -> None:
    parsed = ask('Who said "the toll is  wrong," in “Strand harbour”, and what says the article titled "Tolls rise"?')
    assert parsed.phrases == ("the toll is wrong", "Strand harbour")
    assert [constraint.phrase for constraint in parsed.constraints if not constraint.limits] == ["Tolls rise"]


@pytest.mark.parametrize("question", ['a 5" pipe or a 6" pipe', '"', '""', '" "', f'"{"word " * 13}"', 'it is "open'])
def test_other_quotation_marks_are_no_phrases(question: str) -> None:
    assert of_kind(question, "phrase") == []


def test_a_quoted_outlet_is_an_outlet_and_quoted_days_are_none() -> None:
    assert ask('According to "Strand Radio", who left?').scope.outlets == ("Strand Radio",)
    assert of_kind('Who sang "Wake me up in September 2024"?', "days") == []


@pytest.mark.parametrize(
    ("question", "languages"),
    [
        ("Which articles in German name the ferry?", [("de", True)]),
        ("What does French-language coverage say?", [("fr", True)]),
        ("What does the toll mean in Welsh?", [("cy", False)]),
        ("Who matters in French politics?", []),
        ("What did the French mayor say?", []),
        ("Is the work in polish or wax?", []),
    ],
)
def test_languages(question: str, languages: list[tuple[str, bool]]) -> None:
    assert [(one.language, one.limits) for one in of_kind(question, "language")] == languages
    assert ask(question).scope.languages == tuple(code for code, limits in languages if limits)


def test_an_index_without_names_and_odd_names() -> None:
    assert parse_question("According to Strand Radio, who left?", Names([], []), as_of=AS_OF).scope == EVERYTHING
    odd = Names(["", " ", "|", "The", "the ", "...", "A | B | C", "(x)", "\u0301"], ["", "?", "x  y"])
    assert parse_question("according to the . | (x) \u0301", odd, as_of=AS_OF).question


PIECES = st.sampled_from(
    "in on since the of and to from by , . - ? \" ' ’s “ ” 2 3rd 31 2021 2024-02-30 March may December Monday last "
    "past this week two weeks ago 3/5/2024 before after 12. ending H1 autumn 1990s W12 ; "
    "while early Q3 half first according Strand Radio Beacon The Ellery Courier .com wrote "
    "Mara Quill article reported French language winter yesterday today year 999 between".split(" ")
)


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES | st.characters()).map("".join)),
    st.dates(),
)
def test_any_text_is_understood(question: str, as_of: date) -> None:
    parsed = ask(question, as_of)
    assert all(0 <= one.start < one.end <= len(question) for one in parsed.constraints)
    assert all(one.words == question[one.start : one.end] for one in parsed.constraints)
    assert all(before.end <= after.start for before, after in pairwise(parsed.constraints))
    assert isinstance(parsed.scope, Scope)
    assert set(parsed.preferred_outlets).isdisjoint(parsed.scope.outlets)
    assert all(parsed.phrases)
    parts = decompose(parsed)
    assert all(part.text in question and (part.text or not question.strip(" ,;")) for part in parts)
    assert {one.outlet for part in parts for one in part.limits.constraints if one.outlet} == {
        one.outlet for one in parsed.constraints if one.outlet
    }


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "in ", '"', '" ', "“", "'", "a'", "1,", "1", "2021-", "March ", "the last ", "Strand ", ". ", "\u0301"),
        *(
            "Strand Radio and ",
            "from 3 March to ",
            "the 2021 ",
            "earlier so far this ",
            "mon, ",
            "(.*)+$ ",
            "in French ",
            "March, ",
            "3/5/",
            "Strand Radio, a ",
            "the fire of 3 May ",
            ", and who ",
        ),
    ],
)
def test_a_long_question_takes_no_time(piece: str) -> None:
    question = (piece * 100_000)[:100_000]
    start = time.process_time()
    decompose(ask(question))
    assert time.process_time() - start < 5
