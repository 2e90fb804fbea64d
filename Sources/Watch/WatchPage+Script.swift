extension WatchPage {
    /// Status, flow, curves and tables.
    static let script = #"""
        let range = "hour", seen = -1, status = null;
        const tile = (name, value, more) => E("div", { class: "tile" }, E("span", {}, name), E("b", {}, value),
          E("i", {}, more || "\u00a0"));
        function show(s) {
          status = s;
          const c = s.counts, signal = sum(Object.values(c.signal));
          document.title = (s.ready ? "" : "! ") + "dash-reinforce · " + s.instance;
          put("who", `${s.instance} in ${s.group} · ${s.version} · up ${span(s.at - s.started_at)}`);
          $("state").className = "pill " + (s.ready ? "good" : "bad");
          put("state", s.ready ? "✓ " + s.state : "✕ " + (s.reasons.map(r => r.reason).join(", ") || s.state));
          $("banner").hidden = s.ready;
          put("banner", s.reasons.map(r => E("div", {}, E("b", {}, r.reason), " — ", r.advice)));
          const l = s.ledger;
          $("ledger").className = "pill " + (l.imbalance ? "bad" : "good");
          put("ledger", l.imbalance ? "✕ ledger off by " + l.imbalance : "✓ ledger adds up");
          $("ledger").title = l.reason || `${whole(l.threads)} threads, each with exactly one fate`;
          put("tiles",
            tile("records a second", short(s.records_per_second), whole(c.records) + " in all"),
            tile("lag", whole(s.lag), s.lag_seconds === null ? "records" : span(s.lag_seconds * 1000) + " to catch up"),
            tile("open", whole(s.open_groups) + " groups", `${whole(s.open_threads)} threads · oldest ${span(s.oldest_open_ms)}`),
            tile("batches", whole(c.batches), whole(c.threads.trained) + " rollouts trained"),
            tile("mean reward", fixed(c.reward_mean, 3), whole(c.rewards) + " rewards"),
            tile("signal", percent(c.signal.informative || 0, signal), `${whole(c.signal.informative || 0)} of ${whole(signal)} groups`));
          flow(s);
          put("partitions", E("table", {}, E("tr", {}, E("th", {}, "partition"), E("th", { class: "r" }, "position"),
            E("th", { class: "r" }, "lag"), E("th", { class: "r" }, "held")),
            s.partitions.map(p => E("tr", {}, E("td", {}, `${p.topic}[${p.partition}]` + (p.restoring ? " restoring" : "")),
              E("td", { class: "r" }, whole(p.position)), E("td", { class: "r" }, whole(p.lag)),
              E("td", { class: "r" }, bytes(p.held_bytes))))),
            E("p", { class: "note" }, `${whole(s.commits.count)} commits · ${whole(s.commits.rebalances)} rebalances · ` +
              `${whole(s.commits.restores)} restores · ${whole(sum(Object.values(s.commits.aborts)))} aborts`));
          judges(s.judges);
          if (s.groups_seen !== seen) { seen = s.groups_seen; listGroups() }
        }
        function judges(all) {
          $("judges").hidden = !all.length;
          const right = (...content) => E("td", { class: "r" }, ...content), title = t => E("th", { class: "r" }, t);
          put("judged", E("table", {}, E("tr", {}, E("th", {}, "component"), ["in flight", "waiting", "answers", "mean time",
            "no value", "errors", "timeouts"].map(title), E("th", {}, "failed tries")),
            all.map(j => E("tr", {}, E("td", {}, j.component), right(whole(j.in_flight)), right(whole(j.waiting)),
              right(whole(sum(Object.values(j.answers)))), right(j.mean_seconds === null ? "–" : span(j.mean_seconds * 1000)),
              right(whole(j.answers.none)), right(whole(j.answers.error)), right(whole(j.answers.timeout)),
              E("td", {}, pairs(j.failures).map(f => f[0] + " " + whole(f[1])).join(", ") || "–")))));
        }
        const pairs = o => Object.entries(o).filter(e => e[1]).sort((a, b) => b[1] - a[1]);
        function flow(s) {
          const c = s.counts, t = c.threads, g = c.groups;
          const threads = sum(Object.values(t)), groups = sum(Object.values(g));
          const stages = [
            { name: "records", total: c.records, lost: [["dead letters", c.dead_letters, c.dead_letter_reasons],
              ["duplicates", c.duplicates], ["late", c.late], ["repeated", c.repeated]] },
            { name: "threads", total: threads, lost: [["excluded", t.excluded, c.excluded], ["superseded", t.superseded],
              ["vote only", t.voted]] },
            { name: "groups", total: groups, lost: pairs(g).filter(e => e[0] !== "ok").map(e => [e[0].replace("_", " "), e[1]]) },
            { name: "batches", total: c.batches, lost: [] } ];
          put("flow", stages.map((stage, i) => {
            const lost = stage.lost.filter(e => e[1]), gone = sum(lost.map(e => e[1]));
            const all = Math.max(stage.total, gone, 1), kept = Math.max(0, all - gone);
            const svg = S("svg", { viewBox: "0 0 1000 50", preserveAspectRatio: "none", "aria-hidden": "true" });
            let x = stage.total ? 1000 * kept / all : 0;
            svg.append(S("rect", { class: "f0", width: x, height: 26, rx: 3 }));
            if (i < stages.length - 1 && x) svg.append(S("path", { class: "band", d: `M0 26L0 50L1000 50L${x} 26Z` }));
            lost.forEach(e => {
              const w = Math.max(3, 1000 * e[1] / all);
              svg.append(S("rect", { class: "f1", x: Math.min(x, 997) + 1, width: w - 1, height: 26 }));
              x += w;
            });
            return E("div", { class: "stage" },
              E("div", { class: "name" }, E("b", { class: "num" }, whole(stage.total)), E("span", {}, stage.name)), svg,
              E("div", { class: "exits" }, lost.map(e => E("span", {}, "↘ ", e[0], " ", E("b", { class: "num" }, whole(e[1])),
                e[2] ? " (" + pairs(e[2]).map(r => `${r[0]} ${whole(r[1])}`).join(", ") + ")" : ""))));
          }), E("p", { class: "note" }, s.ledger.imbalance ? "✕ " + s.ledger.reason
            : `✓ ${whole(threads)} threads = ${whole(t.trained)} trained + ${whole(t.voted)} vote only + ` +
              `${whole(t.excluded)} excluded + ${whole(t.superseded)} superseded`));
        }
        async function curves() {
          const d = await ask("/api/series?range=" + range);
          if (!d.time.length) return;
          const rate = d.records.map((n, i) => n * 1000 / d.length_ms[i]);
          // a point that has only just begun says nothing yet
          if (rate.length > 1 && d.length_ms[rate.length - 1] < d.step_ms / 4) rate[rate.length - 1] = null;
          lines("c-rate", d.time, [{ name: "records/s", values: rate }]);
          lines("c-lag", d.time, [{ name: "records", values: d.lag }]);
          lines("c-commit", d.time, [{ name: "commit", values: d.commit_ms.map(v => v || null) },
            { name: "event to batch", values: d.latency_ms.map(v => v || null) }], { format: span });
          lines("c-reward", d.time, [{ name: "mean", values: d.reward_mean }],
            { band: [d.reward_p10, d.reward_p90], format: v => fixed(v) });
          stack("c-kinds", d.time, d.kinds);
        }
        const meter = (name, share, text) => E("div", { class: "meter" }, E("span", {}, name),
          E("div", {}, E("i", { style: `width:${Math.max(0, Math.min(100, 100 * share)).toFixed(1)}%` })),
          E("b", { class: "num" }, text));
        async function signals() {
          const d = await ask("/api/signals");
          const a = histogram(d.advantages), zero = d.advantages.bounds.indexOf(1e-9);
          const label = i => i === zero ? "0" : i < zero ? (i ? short(d.advantages.bounds[i - 1]) : "<-3")
            : i < d.advantages.bounds.length ? short(d.advantages.bounds[i]) : ">3";
          bars("c-advantages", d.advantages.counts.map((n, i) => ({ label: label(i), parts: [n] })), ["rollouts"], "advantages");
          put("zero", `${percent(d.advantages.counts[zero], d.advantages.count)} of ${whole(d.advantages.count)} advantages are 0`);
          put("components", pairs(Object.fromEntries(Object.entries(d.rewards).map(e => [e[0], e[1].count]))).map(e => {
            const mean = d.rewards[e[0]].sum / e[1];
            return meter(e[0] === "total" ? "reward" : e[0], mean, fixed(mean, 3));
          }));
          const table = (title, rows) => rows.length ? [E("tr", {}, E("th", {}, title), E("th", { class: "r" }, "mean"),
            E("th", { class: "r" }, "groups"), E("th", { class: "r" }, "signal")),
            rows.map(r => E("tr", {}, E("td", {}, r.example), E("td", { class: "r" }, fixed(r.mean)),
              E("td", { class: "r" }, whole(r.groups)), E("td", { class: "r" }, percent(r.informative, r.groups))))] : [];
          put("examples", E("div", { class: "scroll" }, E("table", {}, table("hardest", d.worst.slice(0, 4)),
            table("easiest", d.best.slice(0, 4)), table("never informative: " + d.never_informative, d.never.slice(0, 4)))));
          bars("c-policies", d.policies.slice(-24).map(p => ({ label: p.version, parts: [p.reward_mean || 0] })), ["mean reward"], "mean reward by policy");
          const k = histogram(d.tokens_kept), o = histogram(d.tokens_dropped);
          const first = Math.min(...[k.first, o.first].filter(i => i >= 0)), end = Math.max(k.end, o.end);
          bars("c-tokens", end < 0 ? [] : d.tokens_kept.counts.map((n, i) => ({ label: k.label(i),
            parts: [n, d.tokens_dropped.counts[i]] })).slice(Math.max(0, first - 1), end + 2),
            [`kept ${whole(d.tokens_kept.count)}`, `dropped ${whole(d.tokens_dropped.count)}`], "tokens");
          put("sources", ["engine", "engine_ids", "absent"].map(n => meter(n.replace("_", " "), (d.token_sources[n] || 0) / (d.calls || 1),
            percent(d.token_sources[n] || 0, d.calls))), meter("truncated", d.truncated / (d.calls || 1), percent(d.truncated, d.calls)),
            meter("tool failures", d.tool_failures / (d.tool_calls || 1), percent(d.tool_failures, d.tool_calls)),
            E("p", { class: "note" }, `${whole(d.calls)} model calls, ${whole(d.tool_calls)} tools`));
          const st = histogram(d.staleness);
          bars("c-staleness", d.staleness.counts.map((n, i) => ({ label: i ? st.label(i) : "0", parts: [n] })), ["groups"], "staleness");
        }
        const quietly = f => f().catch(() => {});
        function refresh() { quietly(curves); quietly(signals) }
        document.querySelectorAll("[data-range]").forEach(b => b.addEventListener("click", () => {
          range = b.dataset.range;
          document.querySelectorAll("[data-range]").forEach(o => o.setAttribute("aria-pressed", o === b));
          quietly(curves);
        }));
        $("theme").addEventListener("click", () => {
          const root = document.documentElement;
          const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
          root.dataset.theme = isDark ? "light" : "dark";
        });
        let timer = 0;
        addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(refresh, 200) });
        function connect() {
          const source = new EventSource("/api/events");
          source.addEventListener("status", e => show(JSON.parse(e.data)));
          source.onerror = () => { $("state").className = "pill bad"; put("state", "✕ no answer") };
        }
        """#
}
