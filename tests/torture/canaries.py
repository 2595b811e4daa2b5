"""People whose every trace can be recognised: ids, names, user names, telephone numbers, words, files."""

import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.phone import Phone
from simulator.server import Simulator
from tests.torture.load import RECEIPT
from tests.torture.needles import Needle, of_id, of_text

OLD_IDS = (1_000_000_000, 2**32)  # they fit into four bytes
NEW_IDS = (5_000_000_000, 8_500_000_000)


@dataclass
class Canary:
    """One of them."""

    phone: Phone
    texts: dict[str, str]
    words: list[str] = field(default_factory=list)

    def word(self) -> str:
        """One more unique word that this person says."""
        self.words.append(f"loi{secrets.token_hex(6)}")
        return self.words[-1]

    def needles(self) -> Iterable[Needle]:
        """Everything that must not be found, in all forms."""
        whose = str(self.phone.id)
        yield from of_id(whose, self.phone.id)
        for kind, text in self.texts.items():
            yield from of_text(whose, text, kind)
        for said in self.words:
            yield from of_text(whose, said, "word")

    def has_receipt(self) -> bool:
        """Whether the receipt came."""
        return any(RECEIPT in message.get("text", "") for message in self.phone.heard)


def hatch(sim: Simulator, chance: random.Random, old: bool) -> Canary:
    """Somebody new."""
    number = chance.randrange(*(OLD_IDS if old else NEW_IDS))
    mark = secrets.token_hex(5)
    texts = {"name": f"Ten{mark}", "last name": f"Ho{mark[::-1]}", "user name": f"nick_{mark}"}
    phone = sim.phone(texts["name"], user_id=number, last_name=texts["last name"], username=texts["user name"])
    texts["telephone"] = f"+84{chance.randrange(10**8, 10**9)}"
    return Canary(phone, texts)


async def arrives(canary: Canary, ward: str) -> None:
    """Agrees and chooses a ward."""
    await canary.phone.send(f"/start w_{ward}")
    await canary.phone.press_data("s.begin")
    await canary.phone.press_data("s.agree")


async def tells(canary: Canary, kind: str = "scam") -> None:
    """Half a story, with a picture and a shared number; not sent yet."""
    phone = canary.phone
    await phone.send("/baotin")
    await phone.press_data(f"t.kind:{kind}")
    await phone.send(f"Nhà cuối hẻm {canary.word()}")
    shown = await phone.send_photo(canary.word().encode() * 20, caption=canary.word())
    picture = phone.chat.messages[shown]["photo"][-1]
    canary.texts.update({"file id": picture["file_id"], "file unique id": picture["file_unique_id"]})
    await phone.send_contact(canary.texts["telephone"])
    await phone.send(canary.word())


async def sends(canary: Canary, identity: str) -> None:
    """*Gửi*, and how to be known."""
    await canary.phone.press_data("t.send")
    await canary.phone.press_data(f"t.as:{identity}")


async def sends_urgent(canary: Canary) -> None:
    """*Gửi* of an urgent story, which asks for nothing."""
    await canary.phone.press_data("t.send")
