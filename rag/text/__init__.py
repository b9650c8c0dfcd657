"""Words, sentences, languages and markers of any text; imports nothing of the project but articles."""
