"""From a parsed query to hits."""
