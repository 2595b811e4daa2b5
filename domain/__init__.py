"""The rules of the field: frozen models, state machines, periods, figures; standard library and pydantic only."""
