"""The report's look: the square's own colours, one column, light and dark, no script."""

STYLE = """
:root { color-scheme: light dark;
  --paper: #f7f5f0; --sheet: #fffefb; --sunk: #f0ede5; --line: #e0dbd0; --edge: #8d877a;
  --ink: #1f1d19; --soft: #5c574d; --accent: #0e5f63; --base: #8a5a2b; --top: #63478a;
  --warn: #f8ecd0; --warn-ink: #6a4700; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #131514; --sheet: #1a1d1c; --sunk: #232726; --line: #2e3332; --edge: #7c8381;
  --ink: #e9e6df; --soft: #a8a69e; --accent: #7cc9c2; --base: #d6a878; --top: #b9a0e0;
  --warn: #3a2f15; --warn-ink: #f0d594; } }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 400 16px/24px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 880px; margin: 0 auto; padding: 32px 16px 64px; }
h1, h2, h3 { font-weight: 600; margin: 0; text-wrap: balance; }
h1 { font-size: 28px; line-height: 36px; }
h2 { font-size: 20px; line-height: 28px; }
h3 { font-size: 16px; line-height: 24px; margin: 24px 0 8px; }
p { margin: 8px 0 0; max-width: 68ch; }
small, .soft, figcaption { color: var(--soft); }
small { font-size: 13px; line-height: 18px; }
a { color: var(--accent); }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px;
  padding: 24px; margin-top: 24px; }
.source { font-size: 13px; color: var(--soft); margin-top: 4px; }
.missing { background: var(--warn); color: var(--warn-ink); border-color: transparent; }
.missing ul, .remarks { margin: 8px 0 0; padding-left: 20px; }
.remarks { color: var(--soft); font-size: 14px; line-height: 20px; }
code { font: 14px/20px ui-monospace, Menlo, "Liberation Mono", monospace; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 20px;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 15px; padding: 24px 0 8px; }
caption span { font-weight: 400; color: var(--soft); font-size: 13px; margin-left: 8px; }
th { text-align: left; font-weight: 400; }
thead th { font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); }
.cells th, .cells td { padding: 6px 16px 6px 0; vertical-align: top; }
.cells tbody tr + tr { border-top: 1px solid var(--line); }
.cells td, .cells tbody th { min-width: 88px; }
.wide { overflow-x: auto; }
.cells { overflow-wrap: normal; }
.plot th { width: 30%; padding-right: 12px; }
.plot .track { width: 44%; padding: 0; }
.plot .num { padding-left: 16px; white-space: nowrap; }
.plot small { border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; }
.plot .ours th { font-weight: 600; }
.track svg { display: block; width: 100%; height: 28px; overflow: visible; }
.axis { position: relative; height: 20px; font-size: 12px; color: var(--soft); }
.axis span { position: absolute; white-space: nowrap; transform: translateX(-50%); }
path { fill: none; stroke: var(--soft); vector-effect: non-scaling-stroke; }
.grid { stroke: var(--line); }
.truth { stroke: var(--ink); stroke-width: 1.5; }
.band { fill: var(--ink); opacity: .1; }
.range { stroke-width: 3; opacity: .55; }
.dot { stroke-width: 9; stroke-linecap: round; }
.ours .range, .ours .dot { stroke: var(--accent); }
.baseline .range, .baseline .dot { stroke: var(--base); }
.ceiling .range, .ceiling .dot { stroke: var(--top); }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 16px; }
.panel { margin: 0; }
.panel figcaption { font-size: 14px; line-height: 20px; min-height: 62px; }
.panel b { color: var(--ink); font-weight: 600; }
.panel svg { display: block; width: 100%; max-width: 280px; }
.panel text { font-size: 10px; fill: var(--soft); }
.panel .x { text-anchor: middle; }
.panel .y { text-anchor: end; }
.panel .right { stroke-dasharray: 4 4; stroke: var(--edge); }
.panel .curve { stroke: var(--accent); opacity: .5; }
.panel .range { stroke: var(--accent); stroke-width: 2; }
.panel .dot { stroke: var(--accent); stroke-width: 6; }
summary { cursor: pointer; margin: 16px 0 8px; color: var(--accent); }
@media (max-width: 620px) {
  section { padding: 16px; border-radius: 0; margin-left: -16px; margin-right: -16px; }
  .plot tr { display: grid; grid-template-columns: 1fr auto; align-items: baseline; }
  .plot th, .plot .track { width: auto; }
  .plot .track { grid-column: 1 / -1; grid-row: 2; }
  .plot tfoot .track { grid-row: 1; }
  .plot .track { padding: 0 16px; }
  .wide .cells { min-width: 560px; }
  .wide .glance { min-width: 0; }
  .glance thead { display: none; }
  .glance tr { display: grid; grid-template-columns: auto 1fr; padding: 8px 0; }
  .glance th { grid-column: 1 / -1; }
  .glance th, .glance td { padding: 2px 16px 2px 0; }
  .glance td:last-child { grid-column: 1 / -1; color: var(--soft); }
}
@media print { section { break-inside: avoid; } }
"""
