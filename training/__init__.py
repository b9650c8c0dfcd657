"""How the models that this package brings were trained."""
