// HTMLReport+FigureStyle.swift: how maps and time series look, in both colour schemes and on paper.
// Reference: [WCAG22]; the steps of colour are Brewer's YlGnBu, safe for colour-blind readers.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// What a page with a map or a time series needs beside the style of every page.
  static let figureStyle: Markup = """
    :root {
      --m0: #f7f7cb; --m1: #c7e9b4; --m2: #7fcdbb; --m3: #41b0c4; --m4: #2272ab; --m5: #253494;
      --i0: #1d2429; --i1: #1d2429; --i2: #1d2429; --i3: #1d2429; --i4: #fff; --i5: #fff;
      --mn: #e2dccf; --in: #1d2429; --border: #55606699;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --m0: #26345f; --m1: #2a5f94; --m2: #2f8fb3; --m3: #5fbfb9; --m4: #a6dcb0; --m5: #f4f6bd;
        --i0: #fff; --i1: #fff; --i2: #0c1418; --i3: #0c1418; --i4: #0c1418; --i5: #0c1418;
        --mn: #4b4640; --in: #fff; --border: #0c1418;
      }
    }
    figure { margin: 0 0 1rem; }
    [hidden] { display: none !important; }
    .views { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; max-width: none; }
    .views label { color: var(--soft); max-width: 100%; }
    .views select { font: inherit; color: var(--ink); background: var(--paper); max-width: 100%;
      padding: .3rem .5rem; border: 1px solid var(--soft); border-radius: 4px; }
    .map svg { forced-color-adjust: none; }
    .map > svg { display: block; width: 100%; height: auto; max-height: 95vh; }
    .statetiles > svg { max-width: 40rem; }
    .map path { stroke: none; }
    .map .a { fill: var(--m0); } .map .b { fill: var(--m1); } .map .c { fill: var(--m2); }
    .map .d { fill: var(--m3); } .map .e { fill: var(--m4); } .map .f { fill: var(--m5); }
    .map .n { fill: var(--mn); } .map .x { fill: var(--paper); }
    .map .A { fill: url(#hatch-a); } .map .B { fill: url(#hatch-b); }
    .map .C { fill: url(#hatch-c); } .map .D { fill: url(#hatch-d); }
    .map .E { fill: url(#hatch-e); } .map .F { fill: url(#hatch-f); }
    .map .N { fill: url(#hatch-n); }
    .map .line { fill: none; stroke-opacity: .55; }
    .map .line.a { stroke: var(--i0); } .map .line.b { stroke: var(--i1); }
    .map .line.c { stroke: var(--i2); } .map .line.d { stroke: var(--i3); }
    .map .line.e { stroke: var(--i4); } .map .line.f { stroke: var(--i5); }
    .map .line.n { stroke: var(--in); }
    .map .regions path, .legend path:not(.line) { stroke: var(--border); stroke-width: .7;
      vector-effect: non-scaling-stroke; stroke-linejoin: round; cursor: default; }
    .map .regions .x, .legend .x { stroke: var(--soft); stroke-dasharray: 3 2; }
    .map .regions path:focus { outline: none; }
    .over .regions path { fill-opacity: .8; }
    .map .ground { fill: var(--panel); stroke: var(--rule); stroke-width: .7;
      vector-effect: non-scaling-stroke; }
    .map .lines { fill: none; stroke: var(--rule); stroke-width: .7;
      vector-effect: non-scaling-stroke; }
    .map .ruler { fill: none; stroke: var(--ink); stroke-width: 2;
      vector-effect: non-scaling-stroke; pointer-events: none; }
    .map .mark { fill: none; stroke: var(--ink); stroke-width: 3; stroke-linejoin: round;
      vector-effect: non-scaling-stroke; pointer-events: none; }
    .map .halo { stroke: var(--paper); stroke-width: 7; }
    .map text { font: 600 17px var(--sans); text-anchor: middle; pointer-events: none;
      paint-order: stroke; stroke-width: 4; stroke-linejoin: round; }
    .map text.a, .map text.A { fill: var(--i0); stroke: var(--m0); }
    .map text.b, .map text.B { fill: var(--i1); stroke: var(--m1); }
    .map text.c, .map text.C { fill: var(--i2); stroke: var(--m2); }
    .map text.d, .map text.D { fill: var(--i3); stroke: var(--m3); }
    .map text.e, .map text.E { fill: var(--i4); stroke: var(--m4); }
    .map text.f, .map text.F { fill: var(--i5); stroke: var(--m5); }
    .map text.n, .map text.N { fill: var(--in); stroke: var(--mn); }
    .map text.x { fill: var(--soft); stroke: var(--paper); }
    .readout { min-height: 1.6em; margin: .4rem 0; font-weight: 600; max-width: none;
      overflow-wrap: anywhere; }
    .legend { list-style: none; padding: 0; margin: .4rem 0; display: flex; flex-wrap: wrap;
      gap: .3rem 1.1rem; font-size: .9rem; font-variant-numeric: tabular-nums; }
    .legend li { display: flex; gap: .45rem; align-items: center; }
    .legend svg { flex: none; }
    figcaption, details { color: var(--soft); font-size: .9rem; max-width: 42rem; }
    details table { color: var(--ink); }
    .chart { position: relative; margin: .6rem 0 0; cursor: crosshair; }
    .chart > svg { display: block; width: 100%; height: 15rem; overflow: visible; }
    .chart text { fill: var(--soft); font: 12px var(--sans); paint-order: stroke;
      stroke: var(--paper); stroke-width: 3; }
    .chart .grid { stroke: var(--rule); } .chart .zero { stroke: var(--soft); }
    .chart .band { fill: var(--bar); fill-opacity: .4; }
    .chart .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round;
      stroke-linecap: round; vector-effect: non-scaling-stroke; }
    .chart .cursor { stroke: var(--ink); stroke-dasharray: 4 3; }
    @media (prefers-reduced-motion: no-preference) {
      .map .regions path { transition: fill .2s; }
    }
    @media print {
      :root {
        --m0: #f7f7cb; --m1: #c7e9b4; --m2: #7fcdbb; --m3: #41b0c4; --m4: #2272ab; --m5: #253494;
        --i0: #1d2429; --i1: #1d2429; --i2: #1d2429; --i3: #1d2429; --i4: #fff; --i5: #fff;
        --mn: #e2dccf; --in: #1d2429; --border: #555;
      }
      .views, .readout, details { display: none; }
      .map svg, .chart svg { print-color-adjust: exact; -webkit-print-color-adjust: exact;
        break-inside: avoid; }
    }

    """
}
