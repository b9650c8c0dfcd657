"""Sample coverage, invented, to try the project and to test it: articles, and questions with their gold paragraphs."""

from pathlib import Path

ARTICLES = Path(__file__).parent / "articles"
QUESTIONS = Path(__file__).parent / "questions.json"
