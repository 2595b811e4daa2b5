"""A refusal: what the product will not do, said by a code; its words live in `locales/`."""


class Refused(Exception):
    """Raised by a rule or a case when what was asked can't be done.

    `code` names the reason (`tip.too_long`), `params` fill its sentence. Neither ever holds what a person wrote.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        detail = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({detail})" if detail else self.code
