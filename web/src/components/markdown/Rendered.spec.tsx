import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";

import { Rendered } from "./Rendered";

const shown = (text: string, from?: 2 | 3 | 4) => renderToStaticMarkup(<Rendered text={text} {...(from ? { from } : {})} />).replace(/ (class|tabindex)="[^"]*"/g, "").replace(/^<div>(.*)<\/div>$/s, "$1");

describe("what a text may not do", () => {
  test.each([
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#x73;cript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](<\u0001javascript:alert(1)>)",
    "[a](data:text/html,x)",
    "[a](vbscript:x)",
    "[a](blob:x)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example)",
    "[a](/app/account)",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "![a](javascript:alert(1))",
    "![a](data:image/png;base64,x)",
  ])("lead anywhere but to the web: %s", (text) => expect(shown(text)).toBe("<p>a</p>"));

  test("an address that is no address is text", () => expect(shown("<javascript:alert(1)>")).toBe("<p>javascript:alert(1)</p>"));

  test.each(["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<style>*{}</style>", "a <b onclick=x>b</b>", "<!-- x --><svg onload=x>"])("become HTML: %s", (text) => {
    expect(shown(text).replace(/<\/?p>/g, "")).not.toMatch(/<(?!br)/);
  });

  test("load a picture: it is a link", () => {
    expect(shown("![plot](https://x.example/a.png)")).toBe('<p><a href="https://x.example/a.png" target="_blank" rel="noopener">plot</a></p>');
    expect(shown("[![plot](https://x.example/a.png)](https://y.example)")).toBe('<p><a href="https://y.example/" target="_blank" rel="noopener">plot</a></p>');
  });

  test.each([">".repeat(20_000), "+ ".repeat(300), "*a **b ".repeat(3000), "a".repeat(30_001)])("take the page down by depth or length (%#)", (text) => {
    expect(shown(text).length).toBeGreaterThan(text.length / 3);
  });
});

describe("what a text may do", () => {
  test("lead to the web, to people and to its headings", () => {
    expect(shown("[a](https://x.example/?a=1&amp;b=2)")).toBe('<p><a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener">a</a></p>');
    expect(shown("ann@x.example")).toBe('<p><a href="mailto:ann@x.example">ann@x.example</a></p>');
    expect(shown("[a](#How%20it-Works)\n# How it works")).toBe('<p><a href="#text-how-it-works">a</a></p><h3 id="text-how-it-works">How it works</h3>');
  });

  test("have headings below the page's own, without a gap", () => {
    expect(shown("# a\n### b\n###### c")).toBe('<h3 id="text-a">a</h3><h4 id="text-b">b</h4><h5 id="text-c">c</h5>');
    expect(shown("## a", 2)).toBe('<h2 id="text-a">a</h2>');
  });

  test("have tables, lists, tasks and code", () => {
    expect(shown("|a|\n|-|\n|`1`|")).toBe('<div role="group" aria-label="Table"><table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td><code>1</code></td></tr></tbody></table></div>');
    expect(shown("2. a\n3. b")).toBe('<ol start="2"><li>a</li><li>b</li></ol>');
    expect(shown("- [x] a\n- b")).toBe('<ul><li><span role="img" aria-label="Done">☑</span><div>a</div></li><li>b</li></ul>');
    expect(shown("```py\n<b>\n```")).toBe("<pre><code>&lt;b&gt;</code></pre>");
  });

  test("name signs, but not within code", () => {
    expect(shown("a &le; b &#169; &unknown; \\*")).toBe("<p>a ≤ b © &amp;unknown; *</p>");
    expect(shown("`&le;`")).toBe("<p><code>&amp;le;</code></p>");
  });

  test("break a line", () => expect(shown("a<br>b")).toBe("<p>a<br/>b</p>"));
});
