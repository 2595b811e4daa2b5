"""Everybody's list of commands: by role and language, in their own chat, and new when the role changes."""

from simulator.phone import Phone
from tests.journeys.town import Town, caught_up, press


def listed(town: Town, phone: Phone | None = None) -> list[list[str]]:
    """The commands of each list that was set: for everybody, or for one chat."""
    wanted = None if phone is None else {"type": "chat", "chat_id": phone.id}
    return [
        [command["command"] for command in call.params["commands"]]
        for call in town.sim.calls
        if call.method == "setMyCommands" and call.params.get("scope") == wanted
    ]


async def test_everybody_is_offered_the_residents_commands_in_both_languages(town: Town) -> None:
    await town.resident("Lan")  # whoever is answered, the lists were set before
    lists = listed(town)
    assert len(lists) == 3
    assert all("baotin" in commands and "tin" not in commands for commands in lists)
    languages = {call.params.get("language_code") for call in town.sim.calls if call.method == "setMyCommands"}
    assert languages == {None, "vi", "en"}


async def test_a_role_brings_its_own_commands_and_a_shift_changes_them(town: Town) -> None:
    nam, mai = await town.officer(), await town.leader()
    await town.delivered()
    assert "raca" in listed(town, nam)[-1]
    assert listed(town, mai)[-1][0] == "diemdanh"
    await nam.tap("Ra ca")
    await nam.until("Đã ra ca")
    await town.delivered()
    assert "vaoca" in listed(town, nam)[-1]


async def test_a_language_changes_words_keyboard_and_commands(town: Town) -> None:
    await town.officer()
    lan = await town.resident("Lan")
    await lan.send("/ngonngu")
    await press(lan, "English")
    await lan.until("You are in")
    await town.delivered()
    assert "📝 Send a tip" in lan.keyboard
    call = next(c for c in reversed(town.sim.calls) if c.method == "setMyCommands")
    assert call.params["commands"][0]["description"] == "Send a tip to the ward police"
    await lan.send("/trogiup")
    await lan.until("Press a button below, or type")


async def test_whoever_has_erased_everything_is_offered_what_everybody_is(town: Town) -> None:
    nam = await town.officer()
    await nam.send("/xoadulieu")
    await press(nam, "Mọi thứ về tôi")
    await nam.until("Đã xóa")
    await town.delivered()
    assert "tin" not in listed(town, nam)[-1]


async def test_a_list_that_telegram_puts_off_for_an_hour_holds_no_answer(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await town.delivered()
    put_off = town.sim.faults.add("429", "setMyCommands", retry_after=3600)
    await nam.tap("Ra ca")
    await nam.until("Đã ra ca")
    await caught_up(lan)
    await caught_up(nam)
    assert put_off.hits == 1
