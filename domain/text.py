"""How Vietnamese text is kept (NFC) and compared (without tones, case, spacing and icons)."""

import unicodedata

# đ has no decomposition; Ð (Eth) imitates it.
_FOLD = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})


def nfc(text: str) -> str:
    """The one form in which text is stored: two ways to type the same word are the same text."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The form in which text is compared: `" 1️⃣ Giấu  tên"` and `"1 giau ten"` are equal.

    Tones, case, icons, punctuation and double spaces fall away; full-width digits become plain ones.
    """
    letters = []
    for char in unicodedata.normalize("NFKD", text.translate(_FOLD)):
        if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn"):
            continue
        letters.append(char if char.isalnum() else " ")
    return " ".join("".join(letters).lower().split())


def given_name(name: str) -> str:
    """What a Vietnamese person is called by: the last word of the full name ("Nguyễn Thị Lan" is "bà Lan")."""
    words = nfc(name).split()
    return words[-1] if words else ""
