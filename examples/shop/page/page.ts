import { createClient, ProblemError } from "./client.js";
import type { Category, WebProductsAnswer } from "./client.js";

const shop = createClient();
const list = document.querySelector<HTMLUListElement>("#products")!;
const article = document.querySelector<HTMLElement>("#product")!;
const select = document.querySelector<HTMLSelectElement>("#category")!;

function element<K extends keyof HTMLElementTagNameMap>(tag: K, text: string, name = ""): HTMLElementTagNameMap[K] {
  const out = document.createElement(tag);
  out.textContent = text;
  out.className = name;
  return out;
}

function euros(cents: number): string {
  return (cents / 100).toFixed(2) + " \u20ac";
}

function failed(error: unknown): void {
  const text = error instanceof ProblemError ? `${error.status} ${error.code}: ${error.message}` : String(error);
  article.replaceChildren(element("p", text, "problem"));
}

async function show(id: string): Promise<void> {
  const product = await shop.webProduct({ id, zip: "10115" });
  const lines = product.reviews.map((r) => element("li", `${"\u2605".repeat(r.stars)} ${r.body ?? ""} \u2013 ${r.by ?? "somebody"}`));
  const reviews = document.createElement("ul");
  reviews.append(...lines);
  article.replaceChildren(
    element("h2", product.name),
    element("p", `${euros(product.price)}, ${product.shippingCents === null ? "shipping unknown" : euros(product.shippingCents) + " shipping"}`),
    reviews,
  );
}

function row(product: WebProductsAnswer["products"][number]): HTMLLIElement {
  const item = document.createElement("li");
  const button = element("button", `${product.name} (${product.rating ?? "-"})`);
  button.append(element("span", euros(product.price), "price"));
  button.addEventListener("click", () => void show(product.id).catch(failed));
  item.append(button);
  return item;
}

async function load(): Promise<void> {
  const category = select.value === "" ? null : (select.value as Category);
  const { products } = await shop.webProducts({ category, first: 8 });
  list.replaceChildren(...products.map(row));
}

select.addEventListener("change", () => void load().catch(failed));
void load().catch(failed);
