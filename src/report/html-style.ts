/** The one style sheet of the HTML report: no colour is the only sign of anything. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2327; --soft: #59636e; --paper: #ffffff; --card: #f6f8fa; --line: #d5dae0;
  --bad: #b3261e; --bad-back: #fdecea; --good: #1a6b3c; --good-back: #e8f5ec; --unsure: #7a5200; --unsure-back: #fff4d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e3e8ee; --soft: #9aa6b2; --paper: #12161b; --card: #1a2027; --line: #323b45;
    --bad: #ff8a80; --bad-back: #3d1714; --good: #7fd69b; --good-back: #12301d; --unsure: #f2c14e; --unsure-back: #352a0c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1rem; font-weight: 600; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p, ul, ol, dl, figure { margin: .5rem 0; }
ul { padding-left: 1.25rem; }
code, pre { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: .85em; }
code, td, p, li, dd, h3 { overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .875rem; }
.target + .target { border-top: 2px solid var(--line); margin-top: 3rem; padding-top: 2rem; }
.answer { border-left: .5rem solid; border-radius: .25rem; padding: .9rem 1.1rem; margin: 1rem 0; }
.answer strong { display: block; font-size: 1.9rem; line-height: 1.2; letter-spacing: .02em; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.unsure { color: var(--unsure); background: var(--unsure-back); }
.answer a { color: inherit; }
.answer p, .answer ul, .answer ol { color: var(--ink); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; font-size: .875rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 500; }
.matrix td, .matrix thead th { text-align: center; padding-inline: .25rem; }
.matrix .words { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.matrix.roomy .words { position: static; width: auto; height: auto; clip-path: none; }
.matrix tbody th { min-width: 8rem; }
.matrix thead th:first-child { text-align: left; }
.matrix td { border: 2px solid var(--paper); border-radius: .3rem; white-space: nowrap; }
.matrix td b { font-size: 1.05em; }
.cell-open { color: var(--bad); background: var(--bad-back); font-weight: 700; }
.cell-strict, .cell-untold { color: var(--unsure); background: var(--unsure-back); }
.cell-expected { color: var(--good); background: var(--good-back); }
.cell-unasked { color: var(--soft); background: var(--card); }
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .875rem; }
.key b { display: inline-block; min-width: 1.5em; text-align: center; border-radius: .2rem; padding: 0 .25em; }
.finding { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .9rem 1.1rem; margin: 1rem 0; }
.finding dd, .finding dt { font-size: .875rem; }
.severity { display: inline-block; border-radius: .2rem; padding: 0 .45em; font-size: .8rem; font-weight: 700; margin-right: .4em; }
.severity-critical { background: var(--bad); color: var(--paper); }
.severity-high { background: var(--bad-back); color: var(--bad); }
.severity-medium { background: var(--unsure-back); color: var(--unsure); }
.severity-low { background: var(--line); color: var(--ink); }
pre { background: var(--paper); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem .8rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
pre .sent { color: var(--soft); }
details { margin: .4rem 0; }
summary { cursor: pointer; }
.remedy { border-left: .25rem solid var(--good); padding-left: .75rem; }
@media (max-width: 640px) {
  main { padding: .75rem .75rem 2rem; }
  body { font-size: 15px; }
  .answer strong { font-size: 1.5rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .4rem; }
  .matrix.roomy .words { position: absolute; width: 1px; height: 1px; clip-path: inset(50%); }
  .matrix tbody th { min-width: 6rem; font-size: .8rem; line-height: 1.25; }
  th, td { padding: .3rem .35rem; }
  .matrix td, .matrix thead th { padding: .15rem; line-height: 1.2; font-size: .8rem; }
  .matrix td b { display: block; }
}
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --card: #fff; --line: #999; --bad: #8c1d18; --bad-back: #fff; --good: #0b4d27; --good-back: #fff; --unsure: #5c3d00; --unsure-back: #fff; }
  main { max-width: none; padding: 0; }
  body { font-size: 10pt; }
  .finding, .answer, tr { break-inside: avoid; }
  .severity-critical { border: 1px solid; background: #fff; color: var(--bad); }
  .matrix td { border: 1px solid var(--line); }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
