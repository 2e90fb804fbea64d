/// The page, whole: HTML with its style and its script. It asks nobody but the server that it came from.
public enum WatchPage {
    /// The document.
    public static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="dark light">
        <link rel="icon" href="data:,">
        <title>dash-reinforce</title>
        <style>\(style)</style>
        </head>
        <body>
        <a class="skip" href="#groups">Skip to the groups</a>
        \(layout)
        <script>\(tools)\(charts)\(script)\(groups)</script>
        </body>
        </html>
        """

    static let layout = #"""
        <header>
        <div class="brand"><span class="mark" aria-hidden="true"></span><h1>dash-reinforce</h1>
        <span id="who" class="dim mono"></span></div>
        <div class="right"><span id="state" class="pill" role="status">connecting</span>
        <span id="ledger" class="pill"></span>
        <button id="theme" type="button" aria-label="dark or light">◐</button></div>
        </header>
        <div id="banner" role="alert" hidden></div>
        <main>
        <section class="tiles" aria-label="now" id="tiles"></section>
        <section class="card wide" aria-labelledby="h-flow"><h2 id="h-flow">Flow
        <small>where everything that came went, since the process began</small></h2><div id="flow"></div></section>
        <div class="range" role="group" aria-label="time shown">
        <button type="button" data-range="hour" aria-pressed="true">last hour</button>
        <button type="button" data-range="day" aria-pressed="false">last day</button></div>
        <h2 class="row-title">Speed</h2>
        <section class="grid">
        <div class="card"><h3>Records a second</h3><div class="chart" id="c-rate"></div></div>
        <div class="card"><h3>Lag, records</h3><div class="chart" id="c-lag"></div></div>
        <div class="card"><h3>Commit, and last event to batch</h3><div class="chart" id="c-commit"></div></div>
        <div class="card"><h3>Partitions</h3><div id="partitions" class="scroll"></div></div>
        </section>
        <h2 class="row-title">Signal</h2>
        <section class="grid">
        <div class="card"><h3>Reward: mean, and the middle 80 %</h3><div class="chart" id="c-reward"></div></div>
        <div class="card"><h3>Groups by what can be learnt</h3><div class="chart" id="c-kinds"></div></div>
        <div class="card"><h3>Advantages</h3><div class="chart" id="c-advantages"></div>
        <p class="note" id="zero"></p></div>
        <div class="card"><h3>Reward by component</h3><div id="components"></div></div>
        <div class="card"><h3>Hardest and easiest examples</h3><div id="examples"></div></div>
        <div class="card"><h3>By policy</h3><div class="chart" id="c-policies"></div></div>
        </section>
        <h2 class="row-title">Text and tokens</h2>
        <section class="grid">
        <div class="card"><h3>Completion tokens: kept beside dropped</h3><div class="chart" id="c-tokens"></div></div>
        <div class="card"><h3>Where tokens are from</h3><div id="sources"></div></div>
        <div class="card"><h3>Versions behind the newest policy</h3><div class="chart" id="c-staleness"></div></div>
        </section>
        <section id="judges" hidden><h2 class="row-title">Judges</h2>
        <div class="card"><div id="judged" class="scroll"></div></div></section>
        <h2 class="row-title" id="groups" tabindex="-1">Groups <small id="kept"></small></h2>
        <form id="filter" class="filter">
        <label>tenant <select name="tenant"><option value="">any</option></select></label>
        <label>signal <select name="signal"><option value="">any</option></select></label>
        <label>example <input name="example" type="search" placeholder="part of its id"></label>
        <label>reward from <input name="min" type="number" step="any"></label>
        <label>to <input name="max" type="number" step="any"></label>
        </form>
        <ol id="list" class="groups"></ol>
        <p class="note" id="none" hidden>No group yet, or none that the filter picks.</p>
        </main>
        <dialog id="detail" aria-labelledby="d-title"></dialog>
        """#
}
