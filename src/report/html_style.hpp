#pragma once

#include <string_view>

namespace fkaudit::report {

/// The style sheet of the HTML report. What depends on its findings (the filters) is added by the renderer.
inline constexpr std::string_view html_style = R"css(
:root {
  --page: #f5f6f8; --card: #fff; --ink: #1b2330; --soft: #5a6577; --line: #dfe3ea; --code: #f2f4f8; --accent: #1f5fbf;
  --error: #b3261e; --error-back: #fdecea; --warning: #8a5300; --warning-back: #fff3dc; --info: #1f5fbf;
  --info-back: #e8f0fd; --good: #1b6e3c; --good-back: #e5f5ea;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141b; --card: #19202a; --ink: #e6eaf1; --soft: #9aa6b8; --line: #2c3644; --code: #121821; --accent: #82b1ff;
    --error: #ff8a80; --error-back: #3b1c1c; --warning: #ffc266; --warning-back: #38290f; --info: #82b1ff;
    --info-back: #17263f; --good: #7fd8a0; --good-back: #14301f;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 var(--sans); }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; font-weight: 650; }
h3 { margin: 0; font-size: 1rem; font-weight: 650; }
p { margin: 0; }
a { color: var(--accent); text-underline-offset: .15em; }
bdi, code, td, .message { overflow-wrap: anywhere; }
code, pre { font: .875em/1.5 var(--mono); }
.meta { margin-top: .35rem; color: var(--soft); font-size: .9375rem; overflow-wrap: anywhere; }
.verdict { margin-top: 1.25rem; padding: .9rem 1.1rem; border-radius: .6rem; border-left: .3rem solid; font-weight: 600; }
.verdict.error { background: var(--error-back); color: var(--error); }
.verdict.warning { background: var(--warning-back); color: var(--warning); }
.verdict.info { background: var(--info-back); color: var(--info); }
.verdict.good { background: var(--good-back); color: var(--good); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1rem 0 0; }
.figures > div { padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.75rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures small { display: block; font-size: .8125rem; line-height: 1.35; font-weight: 400; color: var(--soft); }
.figures .error dd { color: var(--error); } .figures .warning dd { color: var(--warning); }
.filters { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; margin-bottom: .9rem; }
.filters fieldset { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; border: 0; }
.filters legend { float: left; margin-right: .6rem; padding: .3rem 0; color: var(--soft); font-size: .9375rem; }
.chip { position: relative; }
.chip input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.chip span { display: block; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 2rem; background: var(--card);
  font-size: .9375rem; }
.chip input:checked + span { background: var(--ink); border-color: var(--ink); color: var(--page); }
.chip input:focus-visible + span, select:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
select { max-width: 100%; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card);
  color: var(--ink); font: inherit; font-size: .9375rem; }
label.rule { display: flex; flex-wrap: wrap; gap: .25rem .6rem; align-items: center; max-width: 100%; color: var(--soft); font-size: .9375rem; }
.card, table { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.card { padding: 1rem 1.1rem; }
table { width: 100%; border-collapse: separate; border-spacing: 0; }
th { padding: .6rem .9rem; text-align: left; color: var(--soft); font-size: .875rem; font-weight: 600; }
td { padding: .8rem .9rem; border-top: 1px solid var(--line); vertical-align: top; }
.findings td:first-child { width: 7.5rem; } .findings td:nth-child(2) { width: 30%; }
.findings td > * + * { margin-top: .35rem; }
.badge { display: inline-block; padding: .1rem .6rem; border-radius: 2rem; font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.badge.error { background: var(--error-back); color: var(--error); }
.badge.warning { background: var(--warning-back); color: var(--warning); }
.badge.info { background: var(--info-back); color: var(--info); }
.badge.good { background: var(--good-back); color: var(--good); }
.table { display: block; font-weight: 600; }
.soft { display: block; color: var(--soft); font-size: .9375rem; }
.title { font-weight: 600; } .title::first-letter { text-transform: uppercase; }
pre.sql { margin: .5rem 0 0; padding: .6rem .8rem; max-height: 24rem; overflow: auto; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; cursor: copy; -webkit-user-select: all; user-select: all; }
.code { padding: 0 .25em; border-radius: .25em; background: var(--warning-back); color: var(--warning); font: .8em var(--mono); }
.nothing { display: none; color: var(--soft); }
.hidden-finding { opacity: .75; }
.graph { overflow: auto; padding: .75rem; }
.graph svg.fkaudit-graph { display: block; max-width: none; margin: 0 auto; }
details > summary { cursor: pointer; color: var(--accent); }
details[open] > summary { margin-bottom: .75rem; }
.rules > div + div { margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.rules p { margin-top: .2rem; max-width: 60rem; }
.rules > div:target { outline: 2px solid var(--accent); outline-offset: .6rem; border-radius: .2rem; }
.plain { margin: 0; padding-left: 1.2rem; columns: 22rem; font-size: .9375rem; }
footer { padding-top: 2.5rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 44rem) {
  main, header, footer { padding-left: .9rem; padding-right: .9rem; }
  header { padding-top: 1.25rem; }
  h1 { font-size: 1.4rem; }
  .figures { grid-template-columns: repeat(2, 1fr); gap: .5rem; }
  .figures dd { font-size: 1.4rem; }
  .figures > div:last-child:nth-child(odd) { grid-column: span 2; }
  .chip span { padding: .45rem .9rem; }
  table.findings, .findings tbody { display: block; background: none; border: 0; }
  .findings thead, .keys thead { display: none; }
  .findings tr, .keys tr { display: block; margin-bottom: .6rem; padding: .8rem .9rem; border: 1px solid var(--line); border-radius: .6rem;
    background: var(--card); }
  .keys, .keys tbody, .findings td, .keys td { display: block; padding: 0; border: 0; }
  .keys { background: none; border: 0; }
  .findings td:first-child, .findings td:nth-child(2) { width: auto; }
  .findings td + td, .keys td + td { margin-top: .5rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #fff; --accent: #000; }
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .filters, .hint { display: none; }
  .findings tr, .rules > div, .figures > div { break-inside: avoid; }
  h2 { break-after: avoid; }
  pre.sql { max-height: none; overflow: visible; }
  .graph { overflow: visible; }
  .graph svg.fkaudit-graph { max-width: 100%; height: auto; }
  a { text-decoration: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace fkaudit::report
