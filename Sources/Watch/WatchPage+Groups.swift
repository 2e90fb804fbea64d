extension WatchPage {
    /// The latest groups, and one of them with everything.
    static let groups = #"""
        for (const kind of Object.keys(names)) {
          $("filter").elements.signal.append(E("option", { value: kind }, names[kind]));
        }
        function dots(g) {
          const n = Math.max(1, g.rollouts.length), values = g.rollouts.map(r => r.reward).filter(v => v !== null);
          const low = Math.min(0, ...values), top = Math.max(1, ...values);
          return S("svg", { viewBox: `0 0 ${n * 11} 22`, preserveAspectRatio: "xMinYMid meet", "aria-hidden": "true" },
            g.rollouts.map((r, i) => r.reward === null
              ? S("path", { class: "l l1", d: `M${i * 11 + 2} 14l5 5m0-5l-5 5` })
              : S("rect", { class: r.fate === "excluded" ? "f1" : "f0", x: i * 11 + 1, width: 8, rx: 1,
                  y: 20 - 18 * (r.reward - low) / (top - low), height: 1.5 + 18 * (r.reward - low) / (top - low) })));
        }
        const tag = kind => E("span", { class: "tag " + kind }, marks[kind], " ", names[kind]);
        async function listGroups() {
          const form = new FormData($("filter")), query = new URLSearchParams();
          for (const [key, value] of form) if (value !== "") query.set(key, value);
          query.set("limit", 60);
          let d;
          try { d = await ask("/api/groups?" + query) } catch { return }
          const tenant = $("filter").elements.tenant, known = new Set([...tenant.options].map(o => o.value));
          d.tenants.filter(t => !known.has(t)).forEach(t => tenant.append(E("option", { value: t }, t || "(none)")));
          put("kept", `the latest ${whole(d.kept)} of ${whole(d.count)}`);
          $("none").hidden = d.groups.length > 0;
          const focus = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.number : null;
          put("list", d.groups.map(g => E("li", {}, E("button", { type: "button", "data-number": g.number,
            onclick: () => openGroup(g.number) },
            E("span", { class: "id" }, g.group_id), tag(g.signal),
            E("span", { class: "sub" }, `${g.example_id} · policy ${g.policy_version} · ${g.votes} of ${g.expected_size} vote`),
            E("span", { class: "sub num" }, `reward ${fixed(g.mean)} ± ${fixed(g.std)}`),
            dots(g), E("span", { class: "sub" }, g.tenant_id, " · ", when(g.decided_at_us / 1000)),
            E("span", { class: "sub" }, g.batch_id ? "batch " + g.batch_id.slice(0, 10)
              : g.excluded || g.status.replace("_", " "))))));
          if (focus) { const b = document.querySelector(`[data-number="${focus}"]`); if (b) b.focus() }
        }
        const message = (role, text, cls) => E("div", { class: "msg " + (cls || "") }, E("span", {}, role), E("pre", {}, text));
        const plain = v => typeof v === "string" ? v : v === null || v === undefined ? "" : JSON.stringify(v, null, 1);
        function chat(messages) {
          const roles = new Set(["user", "assistant", "tool"]);
          return (Array.isArray(messages) ? messages : []).map(m => message(m.role || "?", [m.reasoning ? "[reasoning] " +
            m.reasoning : "", plain(m.content), m.tool_calls ? plain(m.tool_calls) : ""].filter(x => x).join("\n"),
            roles.has(m.role) ? m.role : ""));
        }
        function texts(r) {
          const calls = (r.calls || []).filter(c => c.prompt || c.completion);
          const said = c => typeof c === "string" ? c : c ? [c.reasoning ? "[reasoning] " + c.reasoning : "",
            plain(c.content), c.tool_calls ? plain(c.tool_calls) : ""].filter(x => x).join("\n") : "";
          const list = calls.length ? calls : r.samples || [];
          return list.map((s, i) => E("details", { open: i === 0 },
            E("summary", {}, `${calls.length ? "call" : "sample"} ${i + 1} of ${list.length}: ${s.node_id || ""} ` +
              `${s.model || ""} ${s.finish_reason || ""}`),
            chat(s.prompt), message("completion", said(s.completion), "completion")));
        }
        function rollout(r, line, row) {
          const source = (r.source || [])[0];
          const at = source ? `${source.topic}[${source.partition}]@${source.first_offset}` : "";
          return E("article", { class: "rollout" }, E("h3", {}, r.thread_id),
            E("div", {}, E("span", { class: "tag" }, row ? row.fate : ""), " ", E("span", { class: "dim" },
              `slot ${r.rollout_index} · ${r.status}` + (r.excluded ? " · " + r.excluded : ""))),
            E("div", { class: "score" }, E("div", {}, E("b", { class: "num" }, fixed(r.reward, 3)), E("small", {}, "reward")),
              E("div", {}, E("b", { class: "num" }, fixed(r.advantage, 3)), E("small", {}, "advantage"))),
            (r.rewards || []).length ? E("table", {}, r.rewards.map(c => E("tr", {}, E("td", {}, c.name),
              E("td", { class: "r" }, c.value === null || c.value === undefined ? c.status : fixed(c.value, 3)),
              E("td", { class: "r" }, "× " + short(c.weight)), E("td", {}, c.explanation || "")))) : null,
            texts(r),
            E("details", {}, E("summary", {}, "times, tools and place in the log"), E("table", {},
              [["began", r.started_at_us], ["ended", r.ended_at_us]].map(e => E("tr", {}, E("td", {}, e[0]),
                E("td", {}, e[1] ? new Date(e[1] / 1000).toISOString() : "–"))),
              E("tr", {}, E("td", {}, "took"), E("td", {}, span((r.ended_at_us - r.started_at_us) / 1000))),
              E("tr", {}, E("td", {}, "nodes, tools"), E("td", {}, `${r.nodes}, ${r.tool_calls} (${r.tool_failures} failed)`)),
              E("tr", {}, E("td", {}, "records"), E("td", {}, at + (source ? " to " + source.last_offset : "")))),
              E("p", {}, E("code", {}, `dash-reinforce inspect thread ${r.thread_id}`))),
            line ? E("details", {}, E("summary", {}, "line of the ledger"), E("pre", {}, JSON.stringify(line, null, 1))) : null);
        }
        async function openGroup(number) {
          const box = $("detail"), close = E("button", { type: "button", onclick: () => box.close() }, "Close ✕");
          let d;
          try { d = await ask("/api/group?number=" + number) } catch (e) {
            box.replaceChildren(E("div", { class: "d-head" }, E("h2", { id: "d-title" }, "Not kept any more"), close),
              E("div", { class: "d-body" }, e.message));
            return box.showModal();
          }
          const s = d.summary, rows = Object.fromEntries(s.rollouts.map(r => [r.thread_id, r]));
          const lines = Object.fromEntries((d.ledger || []).map(l => [l.thread_id, l]));
          box.replaceChildren(E("div", { class: "d-head" }, E("div", {}, E("h2", { id: "d-title" }, s.group_id),
            E("div", { class: "dim" }, `tenant ${s.tenant_id} · example ${s.example_id} · policy ${s.policy_version} · ` +
              `${s.close_reason} after ${span(s.waited_ms)} · reward ${fixed(s.mean, 3)} ± ${fixed(s.std, 3)} · ` +
              (s.batch_id ? "batch " + s.batch_id.slice(0, 16) : "in no batch: " + (s.excluded || s.status))), tag(s.signal)), close),
            E("div", { class: "d-body" },
              d.group && d.group.example ? E("details", {}, E("summary", {}, "the example"),
                E("pre", {}, JSON.stringify(d.group.example.data || d.group.example, null, 1))) : null,
              d.group ? E("div", { class: "rollouts", tabindex: "0", "aria-label": "rollouts side by side" },
                d.group.rollouts.map(r => rollout(r, lines[r.thread_id], rows[r.thread_id])))
                : E("p", {}, "This group is larger than what is kept; `dash-reinforce inspect group` reads it from the log.")));
          if (!box.open) box.showModal();
          close.focus();
        }
        $("detail").addEventListener("click", e => { if (e.target === $("detail")) $("detail").close() });
        $("detail").addEventListener("close", () => history.replaceState(null, "", location.pathname));
        $("filter").addEventListener("input", listGroups);
        $("filter").addEventListener("submit", e => { e.preventDefault(); listGroups() });
        connect();
        refresh();
        setInterval(refresh, 5000);
        """#
}
