// HTMLReport+Style.swift: how the page looks: calm, in both colour schemes, on paper too.
// Reference: [WCAG22], contrast of at least 4.5 to 1.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// The style of the page.
  static let style: Markup = """
    :root {
      color-scheme: light dark;
      --paper: #fdfcf8; --panel: #f4f2ea; --ink: #1d2429; --soft: #545d63; --rule: #d8d4c7;
      --accent: #0b5563; --bar: #639aa2; --whisker: #14343b; --warn: #7a3d00; --warn-panel: #fbf0df;
      --serif: Charter, "Bitstream Charter", "Iowan Old Style", Georgia, serif;
      --sans: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
      --mono: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14191c; --panel: #1d2428; --ink: #e6e8e6; --soft: #a5aeb2;
        --rule: #384247; --accent: #86c9d2; --bar: #3f7780; --whisker: #dff3f5;
        --warn: #f0bd7d; --warn-panel: #33291a;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 0 1rem 3rem; max-width: 62rem;
      background: var(--paper); color: var(--ink);
      font: 1rem/1.6 var(--sans); overflow-wrap: break-word;
    }
    h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; }
    h1 { font-size: clamp(1.8rem, 5vw, 2.6rem); margin: .2rem 0 .4rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.45rem; margin: 3rem 0 .8rem; padding-top: .8rem;
      border-top: 1px solid var(--rule); }
    h3 { font-size: 1.15rem; margin: 2rem 0 .4rem; }
    p, dl, ul { margin: 0 0 1rem; }
    p { max-width: 42rem; }
    a { color: var(--accent); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    code, pre { font-family: var(--mono); font-size: .88em; }
    code { overflow-wrap: anywhere; }
    pre { background: var(--panel); padding: .7rem 1rem; border-radius: 4px; overflow-x: auto; }
    pre code { white-space: pre-wrap; }
    header { padding-top: 2.5rem; }
    .kind { margin: 0; color: var(--accent); font-weight: 600; letter-spacing: .02em; }
    .facts { color: var(--soft); }
    .lead { font: 1.22rem/1.5 var(--serif); }
    .formula { font-family: var(--serif); font-style: italic; }
    sup { line-height: 0; }
    .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0;
      overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; left: -100vw; top: 0; padding: .6rem 1rem;
      background: var(--accent); color: var(--paper); }
    .skip:focus { left: 0; z-index: 1; }
    nav ul { list-style: none; padding: .6rem 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem;
      border-block: 1px solid var(--rule); }
    nav a { display: inline-block; padding: .2rem 0; }
    .tiles { list-style: none; padding: 0; display: grid; gap: .8rem;
      grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); }
    .tiles li { background: var(--panel); padding: .9rem 1rem; border-radius: 4px; }
    .tiles strong { font: 600 1.5rem/1.2 var(--serif); overflow-wrap: anywhere; }
    .tiles small { display: block; color: var(--soft); font-size: .85rem; line-height: 1.4; }
    .pairs div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: .35rem 0;
      border-bottom: 1px solid var(--rule); }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .warning { background: var(--warn-panel); color: var(--warn); padding: .7rem 1rem;
      border-left: 4px solid; max-width: none; }
    .scroll { overflow-x: auto; margin: 0 0 1rem; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
      font-size: .95rem; }
    caption { text-align: left; color: var(--soft); padding: 0 0 .6rem; font-size: .9rem; }
    th, td { text-align: left; vertical-align: baseline; padding: .35rem .9rem .35rem 0;
      border-bottom: 1px solid var(--rule); }
    thead th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--rule); }
    tbody th { font-weight: 400; max-width: 22em; overflow-wrap: break-word; }
    .counts tbody th { overflow-wrap: anywhere; }
    .n, .pm { text-align: right; white-space: nowrap; }
    .counts .n { font-weight: 600; }
    .pm { color: var(--soft); }
    .counts .bar { width: 45%; min-width: 7rem; padding-right: 0; vertical-align: middle;
      background: linear-gradient(var(--soft), var(--soft)) var(--zero) 0 / 1px 100% no-repeat; }
    .counts thead .bar { background: none; }
    .bar svg { display: block; overflow: visible; }
    .bar rect { fill: var(--bar); }
    .bar line { stroke: var(--whisker); }
    .bar .o { stroke-width: 1; }
    .bar .i { stroke-width: 3; }
    .bar text { fill: var(--soft); font: 12px var(--sans); }
    .digests code { font-size: .78rem; }
    th button { all: unset; cursor: pointer; }
    th button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    th button::after { content: " \\2195"; color: var(--soft); font-weight: 400; }
    th[aria-sort=ascending] button::after { content: " \\2191"; color: var(--accent); }
    th[aria-sort=descending] button::after { content: " \\2193"; color: var(--accent); }
    .filter { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; }
    .filter input { font: inherit; color: inherit; background: var(--paper); padding: .3rem .5rem;
      border: 1px solid var(--soft); border-radius: 4px; max-width: 100%; }
    footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule);
      color: var(--soft); font-size: .9rem; }
    @media (max-width: 40rem) {
      .pairs div { grid-template-columns: 1fr; }
      table { font-size: .82rem; }
      .counts .bar { min-width: 4.5rem; }
      th, td { padding-right: .5rem; }
      th:not([aria-sort]) button::after { content: ""; }
      .minor { display: none; }
      .wide, .wide caption, .wide thead, .wide tbody { display: block; }
      .wide tr { display: flex; flex-wrap: wrap; border-bottom: 1px solid var(--rule);
        padding: .3rem 0; }
      .wide tr[hidden] { display: none; }
      .wide th, .wide td { border: 0; padding: .1rem .7rem .1rem 0; }
      .wide .bar { flex: 1 0 100%; }
    }
    @media print {
      :root { --paper: #fff; --panel: #fff; --ink: #000; --soft: #333; --rule: #999;
        --accent: #000; --bar: #bbb; --whisker: #000; --warn: #000; --warn-panel: #fff; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav, .skip, .filter { display: none; }
      .bar rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .scroll { overflow: visible; }
      tr, .tiles li, .pairs div { break-inside: avoid; }
      h2, h3, caption { break-after: avoid; }
      thead { display: table-header-group; }
      th button::after { content: ""; }
    }

    """
}
