/// The style of the HTML report: system fonts, colours with enough contrast on white, A4 when printed.
enum HTMLStyle {
  static let sheet = """
    :root{--ink:#17212b;--soft:#55606b;--line:#d9dfe5;--paper:#fff;--wash:#f5f7f9;--sea:#0b5e7a;
    --critical:#8e1022;--high:#b6470a;--medium:#8a6700;--low:#33691e;--info:#0b5e7a;--good:#1b6b3a}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:76rem;padding:0 2rem 4rem;color:var(--ink);background:var(--paper);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif}
    header{border-bottom:4px solid var(--sea);padding:2.5rem 0 1rem}
    h1{font-size:2.1rem;line-height:1.15;margin:0 0 .3rem}
    .subtitle{color:var(--soft);margin:0}
    h2{font-size:1.45rem;margin:2.8rem 0 .8rem;padding-top:.4rem;border-top:1px solid var(--line)}
    h3{font-size:1.12rem;margin:1.6rem 0 .5rem}
    h4{font-size:1rem;margin:1.1rem 0 .3rem}
    p,ul,ol,pre{margin:.5rem 0 .9rem}
    a{color:var(--sea)}
    nav ol{columns:3;column-gap:2rem;margin:1rem 0 0;padding-left:1.4rem;font-size:.93rem}
    code,pre{font-family:ui-monospace,"SF Mono","DejaVu Sans Mono",monospace;font-size:.86em}
    code{background:var(--wash);padding:.08em .3em;border-radius:3px;overflow-wrap:anywhere}
    code.whole{white-space:nowrap}
    pre{background:var(--wash);border-left:3px solid var(--line);padding:.7rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:.87rem;margin:.6rem 0 1rem}
    caption{text-align:left;color:var(--soft);padding:.2rem 0 .4rem;font-size:.9rem}
    th,td{border-bottom:1px solid var(--line);padding:.36rem .6rem;text-align:left;vertical-align:top;overflow-wrap:break-word}
    td code{overflow-wrap:break-word}
    thead th{border-bottom:2px solid var(--ink);font-weight:600;overflow-wrap:normal;white-space:nowrap}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    .none,.more{color:var(--soft);font-size:.88rem}
    .notice{border-left:4px solid var(--info);background:var(--wash);padding:.6rem .9rem}
    .notice.high,.notice.critical{border-color:var(--high)}.notice.medium{border-color:var(--medium)}
    .notice.good{border-color:var(--good)}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1rem 0}
    .figures div{background:var(--wash);border-top:3px solid var(--line);padding:.7rem .9rem;display:flex;flex-direction:column-reverse;justify-content:flex-end}
    .figures dt{color:var(--soft);font-size:.85rem}.figures dd{margin:0;font-size:1.55rem;font-weight:650;line-height:1.2}
    .figures .critical{border-color:var(--critical)}.figures .high{border-color:var(--high)}
    .figures .medium{border-color:var(--medium)}.figures .low,.figures .good{border-color:var(--good)}
    .card{border:1px solid var(--line);border-left:5px solid var(--line);border-radius:4px;padding:.3rem 1.1rem .6rem;margin:1rem 0}
    .card.critical{border-left-color:var(--critical)}.card.high{border-left-color:var(--high)}
    .card.medium{border-left-color:var(--medium)}.card.low{border-left-color:var(--low)}.card.info{border-left-color:var(--info)}
    .card h3{margin-top:.7rem}
    .tag{display:inline-block;border-radius:3px;padding:0 .45em;font-size:.82em;font-weight:600;color:#fff;background:var(--soft);white-space:nowrap}
    .tag.critical{background:var(--critical)}.tag.high{background:var(--high)}.tag.medium{background:var(--medium)}
    .tag.low{background:var(--low)}.tag.info{background:var(--info)}.tag.good{background:var(--good)}
    .matrix{width:auto;table-layout:fixed}.matrix td{width:5.4rem;height:2.7rem;text-align:center;vertical-align:middle;border:2px solid #fff}
    .matrix th{border:0;text-align:center;width:3rem}
    .matrix .critical{background:#e9b9bf}.matrix .high{background:#f4cfb4}.matrix .medium{background:#f2e3b0}.matrix .low{background:#d5e6cd}
    figure{margin:1rem 0 .4rem}figcaption{color:var(--soft);font-size:.88rem}
    svg{width:100%;height:auto;border:1px solid var(--line);border-radius:4px;background:#fff}
    svg text{font-size:13px;fill:var(--ink)}svg .strong{font-weight:650}
    svg rect{fill:var(--wash);stroke:#9aa5b1}svg rect.info{fill:#bcdbe6;stroke:var(--info)}
    svg rect.high{fill:#f4cfb4;stroke:var(--high)}svg rect.critical{fill:#e9b9bf;stroke:var(--critical)}
    svg path{fill:none;stroke:#9aa5b1;stroke-opacity:.75}svg path.info{stroke:#5b9bb0}svg path.high{stroke:#d9661f}
    svg path.critical{stroke:var(--critical)}svg circle{fill:var(--info)}svg circle.high{fill:var(--high)}
    svg circle.medium{fill:var(--medium)}svg circle.critical{fill:var(--critical)}
    @media print{@page{size:A4;margin:14mm 12mm}body{max-width:none;padding:0;font-size:10pt}header{padding-top:0}
    h1{font-size:20pt}h2{margin-top:1.6rem}h1,h2,h3,h4,caption,thead{break-after:avoid}nav{break-inside:avoid}
    .figures,figure,tr,.matrix,.notice,.card,pre{break-inside:avoid}tbody tr:first-child{break-before:avoid}
    tbody tr:last-child{break-before:avoid}p{orphans:3;widows:3}.more{break-before:avoid}
    .card{-webkit-box-decoration-break:clone;box-decoration-break:clone}a{color:inherit;text-decoration:none}
    table{font-size:7.5pt}caption{font-size:8.5pt}th,td{padding:.25rem .35rem}thead th{white-space:normal}
    td{overflow-wrap:break-word}td code{overflow-wrap:anywhere;padding:0}.tag{white-space:normal}
    .scroll{overflow:visible}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}

    """
}
