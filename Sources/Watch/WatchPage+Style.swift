extension WatchPage {
    static let style = #"""
        :root{--bg:#f6f6f3;--card:#fff;--line:#dfdfd8;--ink:#1b1c1a;--dim:#65685f;--a:#1f6f5c;--b:#a8550a;--c:#5a55b5;
        --bad:#b3261e;--soft:#e9efe9;--hatch:#c9c9bf;--focus:#1f6f5c;--shadow:0 1px 2px #0000000d}
        @media (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#121412;--card:#1a1d1a;--line:#2c312c;
        --ink:#ecefe9;--dim:#9aa297;--a:#5fc9a8;--b:#efa35a;--c:#a9a4f5;--bad:#ff8a80;--soft:#202822;--hatch:#454b45;
        --focus:#5fc9a8;--shadow:none}}
        :root[data-theme=dark]{--bg:#121412;--card:#1a1d1a;--line:#2c312c;--ink:#ecefe9;--dim:#9aa297;--a:#5fc9a8;
        --b:#efa35a;--c:#a9a4f5;--bad:#ff8a80;--soft:#202822;--hatch:#454b45;--focus:#5fc9a8;--shadow:none}
        *{box-sizing:border-box}
        html{font-size:clamp(14px,calc(11px + .3vw),22px)}
        body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
        .mono,td,.num,svg text,.tile b,.bar-label{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",
        monospace;font-variant-numeric:tabular-nums}
        header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;justify-content:space-between;align-items:center;
        padding:.8rem clamp(.8rem,2vw,2.4rem);border-bottom:1px solid var(--line);background:var(--card);
        position:sticky;top:0;z-index:2}
        .brand,.right{display:flex;align-items:center;gap:.6rem;flex-wrap:wrap;min-width:0}
        h1{font-size:1.05rem;margin:0;letter-spacing:-.01em}
        .mark{width:1.1rem;height:1.1rem;border-radius:.3rem;background:linear-gradient(135deg,var(--a) 0 48%,
        var(--b) 52%)}
        h2{font-size:1.05rem;margin:0 0 .8rem}h3{font-size:.86rem;margin:0 0 .5rem;font-weight:600}
        small{font-weight:400;color:var(--dim);font-size:.82rem;margin-left:.4rem}
        .row-title{margin:1.6rem 0 .7rem}
        .dim,.note{color:var(--dim)}.note{font-size:.82rem;margin:.4rem 0 0}
        #who{font-size:.8rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        main{padding:1rem clamp(.8rem,2vw,2.4rem) 4rem;max-width:190rem;margin:auto}
        .pill{border:1px solid var(--line);border-radius:2rem;padding:.12rem .7rem;font-size:.8rem;white-space:nowrap}
        .pill.good{border-color:var(--a);color:var(--a)}
        .pill.bad{border-color:var(--bad);color:var(--bad);font-weight:600}
        #banner{background:var(--bad);color:var(--bg);padding:.6rem clamp(.8rem,2vw,2.4rem)}
        #banner[hidden]{display:none}
        button,select,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
        border-radius:.45rem;padding:.3rem .6rem;max-width:100%}
        button{cursor:pointer}button[aria-pressed=true]{background:var(--soft);border-color:var(--a)}
        :focus-visible{outline:2px solid var(--focus);outline-offset:2px}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;z-index:9;background:var(--card);
        padding:.3rem .6rem}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;margin-bottom:.9rem}
        .tile,.card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.85rem 1rem;
        box-shadow:var(--shadow);min-width:0}
        .tile span{color:var(--dim);font-size:.8rem;display:block}
        .tile b{font-size:1.55rem;font-weight:600;letter-spacing:-.03em;display:block;line-height:1.3}
        .tile i{font-style:normal;font-size:.78rem;color:var(--dim)}
        .grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:.8rem}
        .range{margin:1.2rem 0 -1.2rem;display:flex;gap:.4rem;justify-content:flex-end}
        .range button{font-size:.8rem}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{fill:var(--dim);font-size:11px}
        .axis{stroke:var(--line)}.l{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
        .l0{stroke:var(--a)}.l1{stroke:var(--b);stroke-dasharray:5 3}.l2{stroke:var(--c);stroke-dasharray:1.5 3}
        .f0{fill:var(--a)}.f1{fill:var(--b)}.f2{fill:var(--c)}.f3{fill:var(--hatch)}.f4{fill:var(--dim)}
        .band{fill:var(--a);opacity:.16}
        .keys{display:flex;flex-wrap:wrap;gap:.15rem .9rem;font-size:.78rem;color:var(--dim);margin-top:.4rem}
        .keys svg{width:1.4rem;height:.7rem;display:inline-block;margin-right:.3rem;vertical-align:middle}
        table{border-collapse:collapse;width:100%;font-size:.82rem}
        th{font-weight:500;color:var(--dim);text-align:left;padding:.15rem .5rem .15rem 0}
        td{padding:.15rem .5rem .15rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
        td.r,th.r{text-align:right}
        .scroll{overflow:auto;max-height:14rem}
        .stage{display:grid;grid-template-columns:minmax(6.5rem,9rem) 1fr;gap:.2rem 1rem;align-items:center}
        .stage+.stage{margin-top:.3rem}.stage .name b{display:block;font-size:1.15rem}
        .stage .name span{color:var(--dim);font-size:.8rem}
        .stage svg{height:3.2rem}
        .exits{grid-column:2;display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.8rem;color:var(--dim)}
        .exits b{color:var(--ink);font-weight:600}.exits a{color:inherit}
        .meter{display:grid;grid-template-columns:minmax(5rem,9rem) 1fr 4.5rem;gap:.6rem;align-items:center;
        font-size:.82rem;margin:.25rem 0}
        .meter span{overflow-wrap:anywhere}.meter div{background:var(--soft);border-radius:.3rem;height:.7rem}
        .meter div i{display:block;height:100%;background:var(--a);border-radius:.3rem;min-width:2px}
        .meter b{text-align:right;font-weight:500}
        .filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;margin-bottom:.8rem;font-size:.82rem}
        .filter input[type=number]{width:6rem}
        .groups{list-style:none;margin:0;padding:0;display:grid;gap:.4rem;
        grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
        .groups button{width:100%;text-align:left;display:grid;gap:.15rem .8rem;padding:.55rem .8rem;
        grid-template-columns:1fr auto;border-radius:.6rem}
        .groups button:hover{border-color:var(--a)}
        .groups .id{font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .groups .sub{color:var(--dim);font-size:.8rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .groups .tag{justify-self:end;align-self:start}
        .groups svg{width:auto;height:1.5rem;grid-column:1/-1}
        .tag{border:1px solid currentColor;border-radius:.3rem;padding:0 .4rem;font-size:.76rem;white-space:nowrap;
        display:inline-block;max-width:100%;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom}
        .tag.informative{color:var(--a)}.tag.all_fail,.tag.unused{color:var(--b)}.tag{color:var(--dim)}
        dialog{border:1px solid var(--line);border-radius:.9rem;background:var(--bg);color:var(--ink);padding:0;
        width:min(96vw,150rem);height:min(94vh,120rem);max-width:none;max-height:none}
        dialog::backdrop{background:#0009}
        .d-head{position:sticky;top:0;background:var(--card);border-bottom:1px solid var(--line);padding:.8rem 1.1rem;
        display:flex;justify-content:space-between;gap:1rem;align-items:start}
        .d-head button{white-space:nowrap}
        .d-head h2{margin:0;overflow-wrap:anywhere}
        .d-body{padding:1rem 1.1rem}
        .rollouts{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(min(82vw,23rem),1fr);gap:.8rem;
        overflow-x:auto;padding-bottom:.6rem}
        .rollout{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.8rem;min-width:0}
        .rollout h3{font-size:.9rem;overflow-wrap:anywhere}
        .score{display:flex;gap:1rem;margin:.3rem 0}.score b{font-size:1.25rem;display:block}
        .msg{border-left:3px solid var(--line);padding:.1rem 0 .1rem .7rem;margin:.55rem 0}
        .msg.assistant,.msg.completion{border-color:var(--a)}.msg.user{border-color:var(--c)}
        .msg.tool{border-color:var(--b)}
        .msg span{color:var(--dim);font-size:.76rem}
        pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.82rem;max-height:24rem;overflow:auto;
        font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;unicode-bidi:plaintext}
        details{margin:.5rem 0;font-size:.85rem}summary{cursor:pointer;color:var(--dim)}
        code{font-size:.8rem;overflow-wrap:anywhere;background:var(--soft);padding:.05rem .3rem;border-radius:.25rem}
        @media (max-width:560px){.stage{grid-template-columns:1fr}.exits{grid-column:1}
        header{position:static}.meter{grid-template-columns:6rem 1fr 4rem}}
        @media (prefers-reduced-motion:no-preference){.pill,.groups button{transition:border-color .15s}}
        """#
}
