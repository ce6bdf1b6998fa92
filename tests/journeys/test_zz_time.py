import time, cProfile, pstats
from tests.browser import *
from tests.journeys.test_accessibility import *
def test_t(live_sample, open_browser):
    page = open_browser(live_sample.users["ivar"], reduced_motion="reduce")
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    axe = Axe()
    for url in ["/", "/users/", "/price-lists/"]:
      for opts in (rules, {**rules, "resultTypes": ["violations"]}):
        page.goto(url)
        a=time.time(), time.process_time(); axe.run(page, options=opts); c=time.time(), time.process_time(); list(faults_of(page)); d=time.time(), time.process_time()
        print(url, c[0]-a[0],c[1]-a[1], d[0]-c[0], d[1]-c[1])
    page.goto("/users/")
    page.keyboard.press("Tab")
    print(page.evaluate("""() => { let n=0,m=0; for (const c of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) { if(!c.checkVisibility({visibilityProperty:true})) continue; c.focus(); n++; if (c.matches(':focus-visible')) m++; } return [n,m]}"""))
    page.evaluate("() => { const s = new CSSStyleSheet(); s.replaceSync(':focus-visible{outline:none !important} body{min-width:2000px} .kv-status svg{display:none}'); document.adoptedStyleSheets=[s]; }")
    print(len(list(faults_of(page))), list(faults_of(page))[:3], list(faults_of(page))[-4:])
