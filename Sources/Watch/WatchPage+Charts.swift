extension WatchPage {
    /// Lines, bars and stacks, drawn by hand.
    static let charts = #"""
        const W = 420, H = 150, L = 42, B = 18;
        const widthOf = id => Math.max(240, $(id).clientWidth || W);
        function niceTop(v) {
          if (!(v > 0)) return 1;
          const p = 10 ** Math.floor(Math.log10(v));
          for (const f of [1, 1.5, 2, 3, 5, 8, 10]) if (v <= f * p) return f * p;
          return v;
        }
        function frame(w, low, top, format, label) {
          const svg = S("svg", { viewBox: `0 0 ${w} ${H}`, role: "img", "aria-label": label });
          for (const share of [0, .5, 1]) {
            const y = 6 + (H - B - 6) * (1 - share);
            svg.append(S("line", { class: "axis", x1: L, x2: w, y1: y, y2: y }),
              S("text", { x: L - 6, y: y + 4, "text-anchor": "end" }, format(low + (top - low) * share)));
          }
          return svg;
        }
        const keyLine = (i, text) => E("span", {},
          S("svg", { viewBox: "0 0 28 12" }, S("line", { class: "l l" + i, x1: 1, x2: 27, y1: 6, y2: 6 })), text);
        const keyBox = (i, text) => E("span", {},
          S("svg", { viewBox: "0 0 28 12" }, S("rect", { class: "f" + i, x: 8, width: 12, height: 12 })), text);
        const last = list => { for (let i = list.length - 1; i >= 0; i--) if (list[i] !== null) return list[i]; return null };
        /// lines: [{name, values}]; band: [low, high]
        function lines(id, time, list, { format = short, band, floor = 0 } = {}) {
          const all = list.flatMap(l => l.values).concat(band ? band.flat() : []).filter(v => v !== null);
          if (!all.length) return put(id, E("p", { class: "note" }, "nothing yet"));
          const w = widthOf(id);
          const least = Math.min(floor, ...all), low = least < 0 ? -niceTop(-least) : least;
          const top = Math.max(niceTop(Math.max(...all)), low + 1e-9);
          const from = time[0], to = Math.max(time[time.length - 1], from + 1);
          const x = t => L + (w - L - 4) * (t - from) / (to - from);
          const y = v => 6 + (H - B - 6) * (1 - (v - low) / (top - low));
          const svg = frame(w, low, top, format, list.map(l => `${l.name} ${format(last(l.values))}`).join(", "));
          const path = values => values.reduce((d, v, i) => v === null ? d
            : d + (d === "" ? "M" : "L") + x(time[i]).toFixed(1) + " " + y(v).toFixed(1), "");
          if (band) {
            const at = time.map((t, i) => i).filter(i => band[0][i] !== null);
            if (at.length > 1) svg.append(S("path", { class: "band", d: "M" + at.map(i => x(time[i]) + " " + y(band[1][i]))
              .concat(at.reverse().map(i => x(time[i]) + " " + y(band[0][i]))).join("L") + "Z" }));
          }
          list.forEach((l, i) => {
            svg.append(S("path", { class: "l l" + i, d: path(l.values) }));
            const j = l.values.findLastIndex(v => v !== null);
            if (j >= 0) svg.append(S("circle", { class: "f" + i, cx: x(time[j]), cy: y(l.values[j]), r: 2.6 }));
          });
          svg.append(S("text", { x: L, y: H - 3 }, clock(from)),
            S("text", { x: w, y: H - 3, "text-anchor": "end" }, clock(to)));
          put(id, svg, E("div", { class: "keys" },
            list.map((l, i) => keyLine(i, `${l.name} ${format(last(l.values))}`))));
        }
        /// columns: [{label, parts: [count…]}]
        function bars(id, columns, keys, note) {
          const most = Math.max(0, ...columns.flatMap(c => c.parts));
          if (!most) return put(id, E("p", { class: "note" }, "nothing yet"));
          const w = widthOf(id), top = niceTop(most), each = (w - L) / columns.length;
          const svg = frame(w, 0, top, short, note || "");
          columns.forEach((column, i) => {
            const wide = Math.max(1.5, each * .8 / column.parts.length);
            column.parts.forEach((count, j) => {
              const h = (H - B - 6) * count / top;
              svg.append(S("rect", { class: "f" + j, x: L + each * i + each * .1 + wide * j, width: wide * .92,
                y: H - B - h, height: Math.max(count ? 1 : 0, h), rx: 1 },
                S("title", {}, `${column.label}: ${keys[j] || ""} ${whole(count)}`)));
            });
            const every = Math.ceil(columns.length / Math.max(2, Math.floor(w / 62)));
            if (i % every === 0) svg.append(S("text", { x: L + each * (i + .5), y: H - 3, "text-anchor": "middle" },
              column.label));
          });
          put(id, svg, keys.length > 1 ? E("div", { class: "keys" }, keys.map((k, j) => keyBox(j, k))) : null);
        }
        function stack(id, time, kinds) {
          const used = Object.keys(kinds).filter(k => sum(kinds[k]));
          if (!used.length) return put(id, E("p", { class: "note" }, "nothing yet"));
          const shade = { informative: 0, all_fail: 1, phantom: 2, all_pass: 3, all_equal: 4, singleton: 4, unused: 4 };
          const w = widthOf(id), top = niceTop(Math.max(...time.map((t, i) => sum(used.map(k => kinds[k][i])))));
          const svg = frame(w, 0, top, short, used.map(k => names[k] + " " + sum(kinds[k])).join(", "));
          const each = (w - L) / Math.max(12, time.length);
          time.forEach((t, i) => {
            let y = H - B;
            for (const k of used) {
              const h = (H - B - 6) * kinds[k][i] / top;
              y -= h;
              if (h) svg.append(S("rect", { class: "f" + shade[k], x: L + each * i, y, height: h,
                width: Math.max(.8, each * .86) }, S("title", {}, `${clock(t)} ${names[k]} ${kinds[k][i]}`)));
            }
          });
          svg.append(S("text", { x: L, y: H - 3 }, clock(time[0])));
          put(id, svg, E("div", { class: "keys" },
            used.map(k => keyBox(shade[k], `${marks[k]} ${names[k]} ${whole(sum(kinds[k]))}`))));
        }
        function histogram(h) {
          const label = i => i < h.bounds.length ? "≤" + short(h.bounds[i]) : ">" + short(h.bounds[h.bounds.length - 1]);
          let first = h.counts.findIndex(c => c), end = h.counts.findLastIndex(c => c);
          return { first, end, label };
        }
        """#
}
