// Opens the playground in a browser, types a query, runs it, and returns all that can be seen of it: requests, complaints of
// the console, texts of the page, the answer, and pictures at the paths given.
"use strict";

const { chromium } = require("playwright-core");
const { answer } = require("./answer.cjs");

answer(async ({ url, browser: executablePath, query, wrong, pictures }) => {
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
    page.setDefaultTimeout(20_000);
    const requests = [];
    const complaints = [];
    page.on("request", (r) => requests.push(r.url()));
    page.on("requestfailed", (r) => complaints.push("failed: " + r.url() + " " + r.failure().errorText));
    page.on("response", (r) => r.status() >= 400 && complaints.push(r.status() + " " + r.url()));
    page.on("pageerror", (e) => complaints.push("error: " + e.message));
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && complaints.push(m.type() + ": " + m.text()));
    const picture = async (name) => page.screenshot({ path: pictures + "/" + name + ".png" });

    const started = Date.now();
    await page.goto(url + "/");
    await page.waitForSelector(".graphiql-query-editor .CodeMirror");
    const opened = Date.now() - started;
    const title = await page.title();
    const editor = (part) => page.locator(`.graphiql-${part} .CodeMirror`).first();
    const value = (part) => editor(part).evaluate((e) => e.CodeMirror.getValue());
    const welcome = await value("query-editor");
    await picture("welcome");

    // Puts text into the editor as a paste does: typed brackets would be closed by the editor.
    const type = async (text) => {
      await editor("query-editor").click();
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    };
    const run = async () => {
      const [response] = await Promise.all([
        page.waitForResponse((r) => r.request().method() === "POST" && !r.request().postData().includes("IntrospectionQuery")),
        page.keyboard.press("Control+Enter"),
      ]);
      const body = await response.json();
      const seen = JSON.stringify(body, null, 2).slice(0, 30);
      await page.waitForFunction(
        ([selector, begin]) => document.querySelector(selector).CodeMirror.getValue().startsWith(begin),
        [".graphiql-response .CodeMirror", seen],
      );
      return { status: response.status(), shown: await value("response") };
    };
    await type(query);
    const answered = await run();
    await picture("answer");

    // What the schema offers is known to the editor: it comes by introspection.
    await type("{ us");
    await page.keyboard.press("Control+Space");
    const hints = await page.locator(".CodeMirror-hint").allTextContents();
    await picture("hints");
    await page.keyboard.press("Escape");

    const quiet = complaints.splice(0);
    await type(wrong);
    await page.waitForSelector(".CodeMirror-lint-mark-error");
    const refused = await run();
    await picture("wrong");

    await page.locator('button[aria-label*="Documentation Explorer"]').first().click();
    await page.waitForSelector(".graphiql-doc-explorer");
    const docs = await page.locator(".graphiql-doc-explorer").innerText();
    await picture("docs");

    return { title, welcome, opened, answered, hints, refused, docs, requests, complaints: quiet, later: complaints };
  } finally {
    await browser.close();
  }
});
