/** The report's style sheet: one file, no script, prints well. */
export const reportStyle = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; color: #1b1f23; background: #fff; margin: 0 auto; max-width: 1280px; padding: 24px 20px 60px; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 40px 0 6px; padding-top: 8px; border-top: 1px solid #d0d7de; }
p, ul { margin: 6px 0; max-width: 1000px; }
p.facts { max-width: none; }
.quiet { color: #57606a; }
nav a { margin-right: 14px; }
a { color: #1565c0; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0; }
.tile { border: 1px solid #d0d7de; border-radius: 6px; padding: 8px 14px; min-width: 96px; }
.tile b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; }
.tile.main { background: #eef4fb; border-color: #1565c0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 7px; text-align: right; border-bottom: 1px solid #eaeef2; white-space: nowrap; }
th { background: #f6f8fa; font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; }
td.bar { background: linear-gradient(90deg, #cfe3f7 var(--share), transparent var(--share)); }
td.none { color: #8c959f; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 16px; margin-top: 12px; }
figure { margin: 0; border: 1px solid #d0d7de; border-radius: 6px; overflow: hidden; break-inside: avoid; }
figure > a, figure > .frame { display: flex; height: 210px; background: #24292f; align-items: center; justify-content: center; }
figure img { max-width: 100%; max-height: 210px; display: block; }
figcaption { padding: 6px 10px 8px; font-size: 13px; overflow-wrap: anywhere; }
figcaption b { display: block; font-size: 14px; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(530px, 1fr)); gap: 16px; margin-top: 12px; }
.pair { border: 1px solid #d0d7de; border-radius: 6px; padding: 8px 10px; break-inside: avoid; }
.pair h3 { margin: 0; font-size: 15px; }
.pair p { font-size: 13px; margin: 0; }
.pair .row { display: flex; flex-wrap: wrap; }
.curve { max-width: 50%; height: auto; font-size: 9.5px; fill: #57606a; flex: 1 1 240px; }
.key { display: inline-block; width: 22px; border-top: 3px solid; vertical-align: middle; margin: 0 4px 0 12px; }
.words { white-space: nowrap; }
.key.dashed { border-top-style: dashed; }
`;
