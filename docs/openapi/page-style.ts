// How the API's page looks: light and dark, on a wide screen and on a phone; the reader's own fonts, the Chinese ones among them.

export const STYLE = `
:root { color-scheme: light dark; --back: light-dark(#f6f4f1, #161514); --card: light-dark(#fff, #201f1d); --line: light-dark(#e6e1da, #35322e);
  --text: light-dark(#221f1b, #ece8e2); --muted: light-dark(#665f56, #a89f94); --brand: light-dark(#b02f26, #ff8f84); --link: light-dark(#8f2a22, #ff9d93);
  --code: light-dark(#f1ede7, #2a2825); --focus: light-dark(#1c62c4, #8ab8ff) }
* { box-sizing: border-box }
html { scroll-padding-top: 16px }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.6 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; overflow-wrap: break-word }
a { color: var(--link); text-decoration: none }
a:hover { text-decoration: underline }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px }
nav { position: fixed; inset: 0 auto 0 0; width: 272px; overflow: auto; padding: 20px 16px; background: var(--card); border-right: 1px solid var(--line); font-size: 14px }
nav strong { display: block; margin: 14px 0 4px; color: var(--muted); font-size: 12px; font-weight: 600 }
nav a { display: block; padding: 3px 8px; border-radius: 6px; color: inherit }
nav a:hover { background: var(--code); text-decoration: none }
main { max-width: 1040px; margin-left: 272px; padding: 8px 40px 96px }
h1 { margin: 24px 0 8px; font-size: 30px; color: var(--brand) }
h2 { margin: 56px 0 12px; padding-top: 20px; border-top: 1px solid var(--line); font-size: 22px }
h3 { margin: 28px 0 8px; font-size: 17px }
h4 { margin: 22px 0 6px; font-size: 15px }
table { border-collapse: collapse; width: 100%; margin: 12px 0; background: var(--card); border: 1px solid var(--line); font-size: 14px }
th, td { padding: 7px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word }
td code { overflow-wrap: anywhere }
th { background: var(--code); font-weight: 600 }
td:first-child, th:first-child { min-width: 9em }
td:last-child, th:last-child { min-width: 13em }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "PingFang SC", "Microsoft YaHei", monospace }
code { padding: 1px 4px; border-radius: 4px; background: var(--code) }
pre { overflow: auto; max-height: 30em; margin: 8px 0; padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card) }
pre code { padding: 0; background: none }
details { margin: 6px 0 }
summary { cursor: pointer; padding: 2px 0; color: var(--link) }
.route { display: inline-block; padding: 4px 10px; border-radius: 8px; background: var(--card); border: 1px solid var(--line) }
.route code { background: none }
@media (max-width: 900px) {
  nav { position: static; width: auto; max-height: 45vh; border-right: 0; border-bottom: 1px solid var(--line) }
  main { margin: 0; padding: 4px 16px 64px }
}
@media (max-width: 640px) {
  h1 { font-size: 26px }
  h2 { margin-top: 44px; font-size: 20px }
  table, tbody, tr, td { display: block; width: auto }
  thead { display: none }
  table { border: 0; background: none }
  tr { margin: 8px 0; padding: 6px 12px; background: var(--card); border: 1px solid var(--line); border-radius: 8px }
  td, td:first-child, td:last-child { min-width: 0; padding: 3px 0; border: 0 }
  td:empty { display: none }
  td::before { content: attr(data-label); display: block; color: var(--muted); font-size: 12px }
  td:first-child::before { display: none }
  td:first-child { font-weight: 600 }
}
@media print { nav { display: none } main { margin: 0; max-width: none } pre { max-height: none; white-space: pre-wrap } }`
