// Opens the shop's page in a browser, picks a category and a product, and returns what can be seen.
"use strict";

const { chromium } = require("playwright-core");
const { answer } = require("./answer.cjs");

answer(async ({ url, browser: executablePath, pictures }) => {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
    page.setDefaultTimeout(20_000);
    const complaints = [];
    const requests = [];
    page.on("request", (r) => requests.push(r.url()));
    page.on("requestfailed", (r) => complaints.push("failed: " + r.url()));
    page.on("response", (r) => r.status() >= 400 && !r.url().endsWith("/favicon.ico") && complaints.push(r.status() + " " + r.url()));
    page.on("pageerror", (e) => complaints.push("error: " + e.message));
    await page.goto(url + "/web/");
    await page.waitForSelector("#products button");
    const all = await page.locator("#products button").count();
    await page.selectOption("#category", "GAMES");
    await page.waitForFunction(() => document.querySelector("#products").textContent.includes("Chess Set"));
    const games = await page.locator("#products button").allTextContents();
    await page.locator("#products button", { hasText: "Chess Set" }).click();
    await page.waitForSelector("#product h2");
    const product = await page.locator("#product").innerText();
    await page.screenshot({ path: pictures + "/shop.png" });
    const docs = {};
    for (const name of ["web", "m/v1"]) {
      await page.goto(url + "/" + name + "/docs");
      docs[name] = await page.locator("body").innerText();
      await page.screenshot({ path: pictures + "/docs-" + name.replace("/", "-") + ".png", fullPage: true });
    }
    return { all, games, product, docs, complaints, requests };
  } finally {
    await browser.close();
  }
});
