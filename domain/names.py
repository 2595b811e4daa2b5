"""How a person is addressed, in a form that is never wrong."""

from domain.text import fold, given_name, nfc

# Family names that most people bear. Several are given names as well (Mai, Hà, Lâm): then the whole name is said.
_FAMILY = """
bùi cao châu chu dương đàm đào đặng đinh đoàn đỗ hà hồ hoàng huỳnh kiều la lâm lê lương lưu lý mạc mai nghiêm ngô
nguyễn ninh nông phạm phan phùng quách tạ tăng thạch thái thân tô tôn tống trần triệu trịnh trương từ văn võ vũ vương
"""
_FOLDED = frozenset(fold(_FAMILY).split())
_MIDDLE = frozenset({"van", "thi"})
_RANKS = frozenset(f"{step} {rank}" for step in ("thieu", "trung", "thuong", "dai") for rank in ("uy", "ta"))


def called(name: str) -> str:
    """What follows *ông/bà*: the given name where it is certain which that is, else the whole name.

    "Nguyễn Thị Lan" is "bà Lan", and so is "Lan Nguyen", as many write it in Telegram. Of "Hoàng Mai" nobody can tell:
    the whole name is said. Ranks, icons and numbers are no part of a name.
    """
    words = [word for word in nfc(name).split() if any(char.isalpha() for char in word)]
    while len(words) > 2 and fold(" ".join(words[:2])) in _RANKS:
        words = words[2:]
    whole = " ".join(words)
    if len(words) < 2:
        return whole or nfc(name).strip()
    if words[0] in ("Y", "H") or words[0][:2] in ("H'", "H’"):
        return given_name(whole)
    first, last = (fold(word) in _FOLDED for word in (words[0], words[-1]))
    if first and (not last or (len(words) > 2 and fold(words[1]) in _MIDDLE)):
        return words[-1]
    return whole if first or not last else " ".join(words[:-1])
