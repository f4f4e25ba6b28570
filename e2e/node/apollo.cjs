// Apollo Client as an application sets it up for persisted queries: hashes by GET, mutations by POST.
"use strict";

const { createHash } = require("node:crypto");
const { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } = require("@apollo/client");
const { PersistedQueryLink } = require("@apollo/client/link/persisted-queries");
const { answer } = require("./answer.cjs");
const { operations, recorded } = require("./fetch.cjs");

const sha256 = async (text) => createHash("sha256").update(text).digest("hex");

function client(url, log) {
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
      new HttpLink({ uri: url + "/graphql", fetch: recorded(log) }),
    ]),
    defaultOptions: { query: { fetchPolicy: "network-only", errorPolicy: "all" }, mutate: { errorPolicy: "all" } },
  });
}

answer(async ({ url }) => {
  const log = [];
  const first = client(url, log);
  const steps = [];
  const step = async (name, run) => {
    const from = log.length;
    const { data, error } = await run();
    steps.push({ name, data, failed: Boolean(error), sent: log.slice(from) });
  };
  const query = { query: gql(operations.query), variables: { n: 2 } };
  await step("first", () => first.query(query));
  await step("again", () => first.query(query));
  await step("another client", () => client(url, log).query(query));
  await step("partial", () => first.query({ query: gql(operations.partial) }));
  await step("invalid", () => first.query({ query: gql(operations.invalid) }));
  await step("mutation", () => first.mutate({ mutation: gql(operations.mutation) }));
  return steps;
});
