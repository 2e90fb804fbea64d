extension WatchPage {
    /// Elements, numbers and times. Text of the data is set as text only, never as markup.
    static let tools = #"""
        "use strict";
        const $ = id => document.getElementById(id);
        function E(tag, attrs, ...children) { return build(document.createElement(tag), attrs, children) }
        function S(tag, attrs, ...children) {
          return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, children)
        }
        function build(element, attrs, children) {
          for (const [key, value] of Object.entries(attrs || {})) {
            if (value === null || value === undefined || value === false) continue;
            if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
            else element.setAttribute(key, value === true ? "" : value);
          }
          for (const child of children.flat(9)) {
            if (child === null || child === undefined) continue;
            element.append(child instanceof Node ? child : document.createTextNode(String(child)));
          }
          return element;
        }
        const put = (id, ...children) => $(id).replaceChildren(...children.flat(9).filter(x => x !== null));
        const whole = n => n === null || n === undefined ? "–" : Math.round(n).toLocaleString("en-US");
        function short(n) {
          if (n === null || n === undefined || !isFinite(n)) return "–";
          const a = Math.abs(n);
          if (a >= 1e9) return (n / 1e9).toPrecision(3) + "G";
          if (a >= 1e6) return (n / 1e6).toPrecision(3) + "M";
          if (a >= 1e4) return (n / 1e3).toPrecision(3) + "k";
          return a >= 100 || Number.isInteger(n) ? whole(n) : String(+n.toPrecision(3));
        }
        const fixed = (n, d = 2) => n === null || n === undefined ? "–" : Number(n).toFixed(d);
        const percent = (a, b) => b > 0 ? Math.round(100 * a / b) + " %" : "–";
        function span(ms) {
          if (ms === null || ms === undefined) return "–";
          const s = Math.max(0, ms / 1000);
          if (s < 1) return Math.round(s * 1000) + " ms";
          if (s < 10) return s.toFixed(1) + " s";
          if (s < 120) return Math.round(s) + " s";
          if (s < 7200) return Math.round(s / 60) + " min";
          return s < 172800 ? Math.round(s / 3600) + " h" : Math.round(s / 86400) + " d";
        }
        const bytes = n => n >= 1 << 20 ? (n / (1 << 20)).toFixed(1) + " MiB" : (n / 1024).toFixed(0) + " KiB";
        const clock = ms => new Date(ms).toLocaleTimeString("en-GB");
        const ago = ms => span(Date.now() - ms) + " ago";
        const when = ms => E("time", { datetime: new Date(ms).toISOString(), title: new Date(ms).toISOString() }, ago(ms));
        const sum = list => list.reduce((a, b) => a + (b || 0), 0);
        async function ask(path) {
          const answer = await fetch(path, { credentials: "same-origin", cache: "no-store" });
          if (!answer.ok) throw new Error((await answer.text()).trim());
          return answer.json();
        }
        const names = { informative: "informative", phantom: "phantom", all_pass: "all pass", all_fail: "all fail",
          all_equal: "all equal", singleton: "single", unused: "unused" };
        const marks = { informative: "◆", phantom: "◇", all_pass: "▲", all_fail: "▼", all_equal: "■", singleton: "●",
          unused: "✕" };
        """#
}
