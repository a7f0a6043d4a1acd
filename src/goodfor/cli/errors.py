"""What a command says when it cannot go on."""


class CliError(Exception):
    """One line for the person at the terminal: what is wrong and what to do, in Chinese and in English."""

    def __init__(self, zh: str, en: str, *, exit_code: int = 1) -> None:
        self.zh = zh
        self.en = en
        self.exit_code = exit_code
        super().__init__(f"{zh} / {en}")
