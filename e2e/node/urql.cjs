// urql as an application sets it up for persisted queries: hashes by GET, mutations by POST.
"use strict";

const { Client, cacheExchange, fetchExchange } = require("@urql/core");
const { persistedExchange } = require("@urql/exchange-persisted");
const { answer } = require("./answer.cjs");
const { operations, recorded } = require("./fetch.cjs");

function client(url, log) {
  return new Client({
    url: url + "/graphql",
    fetch: recorded(log),
    exchanges: [cacheExchange, persistedExchange({ preferGetForPersistedQueries: "force" }), fetchExchange],
    requestPolicy: "network-only",
    preferGetMethod: false,
  });
}

answer(async ({ url }) => {
  const log = [];
  const first = client(url, log);
  const steps = [];
  const step = async (name, run) => {
    const from = log.length;
    const { data, error } = await run();
    steps.push({ name, data: data ?? undefined, failed: Boolean(error), sent: log.slice(from) });
  };
  await step("first", () => first.query(operations.query, { n: 3 }));
  await step("again", () => first.query(operations.query, { n: 3 }));
  await step("another client", () => client(url, log).query(operations.query, { n: 3 }));
  await step("partial", () => first.query(operations.partial, {}));
  await step("invalid", () => first.query(operations.invalid, {}));
  await step("mutation", () => first.mutation(operations.mutation, {}));
  return steps;
});
