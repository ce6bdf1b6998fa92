from tests.journeys.test_keyboard import *


def test_b(window):
    window.keyboard.press("n")
    dialog = window.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Lägg till åtgärdskod")).to_be_visible()
    window.keyboard.press("Control+Enter")
    expect(dialog.locator("[aria-invalid=true]").first).to_be_visible()
    print(0, window.evaluate(FOCUS))
    window.keyboard.press("Escape")
    for _ in range(4):
        print(
            window.evaluate(FOCUS), window.evaluate("document.getElementById('dialog').open"), dialog.count()
        )
        window.wait_for_timeout(300)
    print(window.locator("#dialog").inner_text()[:300])
    window.keyboard.press("?")
    window.wait_for_timeout(1500)
    print(3, window.url)
